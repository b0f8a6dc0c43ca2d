//! A person's own portfolio, from a list to a spreadsheet: the real program on real files.

mod common;

use std::process::Stdio;

use common::{Home, schema, steady};

const LIST: &str = "域名,到期时间,负责人,账号,处置,自动续费,注册商,登录密码\n\
    example.com,2027-08-01,ops-1,main,续费,是,,s3cret\n\
    示例商城.中国,2026-12-09,运维甲,brand,不续费,否,阿里云,s3cret\n\
    example-lab.net,2026-11-10,,lab,,,,s3cret\n\
    shop_,2027-01-01,,,,,,s3cret\n\
    example.com,2028-08-01,,,,,,s3cret\n\
    www.example-shop.cn,03/04/2027,,,,,腾讯云,s3cret\n";

fn filled() -> Home {
    Home::with(LIST)
}

#[test]
fn init_tells_what_became_of_every_line() {
    let _steady = steady();
    let home = Home::new();
    insta::assert_snapshot!(home.feed(&["init", "-", "--zone", "Asia/Shanghai"], LIST.as_bytes()).whole(), @r#"
    Workspace   domains   language English (中文: `namekeep config language zh`)   time zone Asia/Shanghai (change: `namekeep config zone`)
    Names       4 accepted, 1 of them IDN
                示例商城.中国 = xn--fsqp3lt7b0z0d.xn--fiqs8s
    Rejected    line 5 "[withheld: the table has columns with passwords or keys]": underscores occur in service names, not in domain names (U+005F, character 5); give the domain name without the service label
    Repeated    line 6 example.com: line 2 stands
    Notes       columns with passwords or keys were refused and not read: 登录密码
                1 name has no expiry date in the list: `namekeep check` asks the registry
                line 7: 03/04/2027 can be read in two ways and was left out
    Accounts    none yet: paid-until dates, balance and auto-renew stay "not checked" until one is connected
    --- stderr

    hint: `namekeep check` looks at every name now
    hint: `namekeep list` shows them by date
    --- exit 0
    "#);
    insta::assert_snapshot!(home.feed(&["init", "-", "--lang", "zh"], LIST.as_bytes()).whole(), @r"
    工作区      domains   语言 中文 (English: `namekeep config language en`)   时区 Asia/Shanghai (更改：`namekeep config zone`)
    域名        接受 4 个，其中中文等国际化域名 1 个
                新增 0 个，更新 0 个，未变 4 个
                示例商城.中国 = xn--fsqp3lt7b0z0d.xn--fiqs8s
    拒绝        第 5 行“[withheld: the table has columns with passwords or keys]”：下划线只用于服务名，不能出现在域名中（U+005F，第 5 个字符）；去掉带下划线的服务标签，只给域名
    重复        第 6 行 example.com：以第 2 行为准
    说明        含密码或密钥的列已拒绝，未读取：登录密码
                1 个域名在名单中没有到期日：`namekeep check` 可向注册局查询
                第 7 行：03/04/2027 有两种读法，已略去
    账号        尚未连接：已付费至、余额、自动续费在连接账号前为“未检查”
    --- stderr

    提示: `namekeep check` 立即查看每个域名
    提示: `namekeep list` 按日期列出
    --- exit 0
    ");
}

#[test]
fn list_is_aligned_in_both_languages() {
    let _steady = steady();
    let home = filled();
    insta::assert_snapshot!(home.run(&["list"]).whole(), @r"
    NAME             DATE        LEFT         AUTO-RENEW   PRICE/YR  LEVEL           ACCOUNT
    example-lab.net  2026-11-10  14 days ago  not checked        ??  ?? not checked  lab
    示例商城.中国    2026-12-09  15 days      off (list)         ??  ?? not checked  brand
    example.com      2027-08-01  250 days     on (list)          ??  ?? not checked  main
    example-shop.cn  ??          not checked  not checked        ??  ?? not checked  --
    4 names: 4 not checked. Data of INSTANT (UTC+8), the oldest just now
    --- stderr

    hint: `namekeep check` looks at the names now
    hint: `namekeep show example-lab.net` shows one name whole
    --- exit 0
    ");
    insta::assert_snapshot!(home.zh(&["list", "--sort", "name", "--limit", "2"]).whole(), @r"
    域名             采用日期    还剩          自动续费  年费  级别       账号
    example-lab.net  2026-11-10  已过期 14 天  未检查      ??  ?? 未检查  lab
    example-shop.cn  ??          未检查        未检查      ??  ?? 未检查  --
    4 个域名，显示 2 个：未检查 4。数据时间 INSTANT (UTC+8)，最旧 刚刚
    --- stderr

    提示: `namekeep check` 立即查看各域名
    提示: `namekeep show example-lab.net` 查看一个域名的全部
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["list", "商城"]).whole(), @r"
    NAME           DATE        LEFT     AUTO-RENEW  PRICE/YR  LEVEL           ACCOUNT
    示例商城.中国  2026-12-09  15 days  off (list)        ??  ?? not checked  brand
    4 names, 1 matches: 1 not checked. Data of INSTANT (UTC+8), the oldest just now
    --- stderr

    hint: `namekeep check` looks at the names now
    hint: `namekeep show xn--fsqp3lt7b0z0d.xn--fiqs8s` shows one name whole
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["list", "nothing-like-it"]).whole(), @r"
    4 names, 0 match.
    --- exit 0
    ");
}

#[test]
fn show_gives_three_dates_and_the_one_that_counts() {
    let _steady = steady();
    let home = filled();
    insta::assert_snapshot!(home.run(&["show", "example-lab.net"]).whole(), @r"
    example-lab.net
    Date that counts  2026-11-10 (14 days ago)   phase auto-renew grace period   decision none, kept until one is made
      registry    --          --                       not checked: `namekeep check` asks the registry
      registrar   2026-11-10  imported list, just now  USED: the only date known; the registry was not
                                                       compared
      paid until  --          --                       not checked: no order or invoice was read
      |====registered=====|====auto-renew grace.....|....redemption.....|..pending delete..| released
      2026-10-11          2026-11-10                ~2026-12-10         ~2027-01-09        ~2027-01-14
                                      ^ today 2026-11-24
      = known   . and ~ forecast by the rules of .net
    May now       renew until 2026-12-10 (2026-11-10 .. 2026-12-25), transfer out until 2026-12-10
                    (2026-11-10 .. 2026-12-25)
    Traps         - at expiry the registry date jumps one year ahead although nobody paid
                  - the registrar may auction or move the name before it ever reaches redemption
    Ask           - ask the registrar on which day auto-renew charges
    To come       2026-12-02  resolution stopped  (2026-11-10 .. 2026-12-17)
                  2026-12-10  end of the renewal grace period or of an auction  (2026-11-10 .. 2026-12-25)
                  2026-12-10  redemption period begins  (2026-11-10 .. 2026-12-25)
                  2027-01-06  last safe rescue day  (2026-12-07 .. 2027-01-20)  provisional
                  2027-01-09  end of the redemption period  (2026-12-10 .. 2027-01-24)
                  2027-01-14  purged, goes to the public  (2026-12-15 .. 2027-01-29)
    Findings      24 check-points: 0 run, 24 not checked
    Belongs to    account lab   auto-renew not checked   price a year not checked
    Runs          none
    --- stderr

    hint: `namekeep check example-lab.net` looks at it now
    hint: `namekeep plan renew example-lab.net` plans its renewal
    --- exit 0
    ");
    insta::assert_snapshot!(home.zh(&["show", "示例商城.中国"]).whole(), @r"
    示例商城.中国  xn--fsqp3lt7b0z0d.xn--fiqs8s
    采用日期  2026-12-09（还剩 15 天）   阶段 正常   处置 退役：不续费
      注册局      --          --              未检查：`namekeep check` 可向注册局查询
      注册商      2026-12-09  导入清单，刚刚  采用：唯一已知的日期；未与注册局比对
      已付费至    --          --              未检查：未读取订单或账单
      |===============正常===============|........续费宽限期.........|......赎回期.......| 已释放
      2026-10-25                         2026-12-09                  ~2027-01-08         ~2027-01-22
                             ^ 今天 2026-11-24
      = 已知   . 与 ~ 为预测，依据 aliyun 对 .中国 的规则
    现在可以      续费（至 2026-12-09，2026-12-07 .. 2026-12-09），删除域名（至 2026-12-09，2026-12-07
                    .. 2026-12-09）
    注意          - 注册商可能在进入赎回期之前竞价或转移该域名
                  - 并非所有客户都可申请删除
                  - 身份核查优先于时钟：未核验的域名可能被停止、删除或无法赎回
                  - 部分注册商在到期日之前删除：须按其截止日安排
                  - 到期时注册局日期自动多出一年，并不代表已付费
    今后日期      2026-12-09  到期日
                  2026-12-10  停止解析  (2026-12-07 .. 2026-12-12)
                  2027-01-08  续费宽限期或竞价结束  (2026-12-07 .. 2027-01-18)
                  2027-01-08  赎回期开始  (2026-12-07 .. 2027-01-18)
                  2027-01-19  最后安全挽回日  (2026-12-16 .. 2027-01-28)  暂定
                  2027-01-22  赎回期结束  (2026-12-20 .. 2027-02-02)
                  2027-01-22  清除并释放  (2026-12-20 .. 2027-02-02)
    发现项        24 个检查点：已运行 0 个，未检查 24 个
    归属          注册商 阿里云   账号 brand   负责人 运维甲   自动续费 关（清单）   年费 未检查
    流程          无
    --- stderr

    提示: `namekeep check xn--fsqp3lt7b0z0d.xn--fiqs8s` 立即查看
    提示: `namekeep rehearse xn--fsqp3lt7b0z0d.xn--fiqs8s` 在模拟日历上演练退役
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["show", "www.example-shop.cn"]).whole(), @r"
    example-shop.cn
    Date that counts  ??  not checked   phase unknown   decision none, kept until one is made
      registry    --          --  not checked: `namekeep check` asks the registry
      registrar   --          --  not checked: no account is connected
      paid until  --          --  not checked: no order or invoice was read
    Unknown       ?? no expiry date is known
    Traps         - an identity check outranks the clock: unverified names are stopped, deleted or
                    cannot be redeemed
                  - some registrars delete before the expiry date: plan from their deadline
                  - at expiry the registry date jumps one year ahead although nobody paid
    Ask           - read the expiry date from the registrar's account
                  - ask the registrar on which day auto-renew charges
    Findings      24 check-points: 0 run, 24 not checked
    Belongs to    registrar 腾讯云   auto-renew not checked   price a year not checked
    Runs          none
    --- stderr

    hint: `namekeep check example-shop.cn` looks at it now
    hint: `namekeep rehearse example-shop.cn` plays its retirement on a simulated calendar
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["show", "elsewhere.example"]).whole(), @r"
    --- stderr
    error[E1913]: elsewhere.example is not in this workspace

    hint: add it: `echo elsewhere.example | namekeep init -`
    hint: look at it without a workspace: `namekeep check elsewhere.example`
    --- exit 2
    ");
}

#[test]
fn config_shows_changes_and_refuses() {
    let _steady = steady();
    let home = filled();
    insta::assert_snapshot!(home.run(&["config"]).whole(), @r"
    Workspace   w-ID  domains
    Language    en  English (中文: `namekeep config language zh`)
    Time zone   Asia/Shanghai
    Ceiling     none set: twice the known price, else CNY 500.00
    Requester   operations
    Rules       embedded  RULES

    PERSON      DEPARTMENT  SIGNS  KEY
    operations  operations  no     none yet
    security    security    no     none yet
    legal       legal       no     none yet
    compliance  compliance  no     none yet
    finance     finance     no     none yet
    brand       brand       no     none yet
    --- stderr

    hint: an act that cannot be undone needs two approvers of two departments: `namekeep config person legal-1 legal approver`
    --- exit 0
    ");
    insta::assert_snapshot!(home.zh(&["config", "person", "legal-1", "法务", "approver"]).whole(), @r"
    legal-1  法务，可签名
    公钥摘要  DIGEST
    私钥文件  domains/keys/legal-1.pem
    --- stderr

    提示: 请将私钥文件只交给 legal-1 并从此处移走：持有者即可以 legal-1 的名义签名
    --- exit 0
    ");
    assert_eq!(home.run(&["config", "zone", "Europe/Berlin"]).code, 0);
    assert_eq!(home.run(&["config", "ceiling", "CNY", "300"]).code, 0);
    assert_eq!(home.run(&["config", "requester", "legal-1"]).code, 0);
    insta::assert_snapshot!(home.zh(&["config", "language", "zh"]).whole(), @r"
    工作区      w-ID  domains
    语言        zh  中文 (English: `namekeep config language en`)
    时区        Europe/Berlin
    续费上限    CNY 300.00
    发起人      legal-1
    规则        内置  RULES

    人员        部门  签名  密钥
    operations  运维  否    尚无
    security    安全  否    尚无
    legal       法务  否    尚无
    compliance  合规  否    尚无
    finance     财务  否    尚无
    brand       品牌  否    尚无
    legal-1     法务  是    KEY

    供验证者使用的密钥（`evidence verify --trust 文件`）：
      legal-1+KEYLINE approver
    --- stderr

    提示: 不可恢复的操作需要两个部门的两名签名人：`namekeep config person legal-1 法务 approver`
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["config", "zone", "Mars/Olympus"]).whole(), @r"
    --- stderr
    error[E2001]: `Mars/Olympus` is no time zone

    hint: give its IANA name, such as Asia/Shanghai or Europe/Berlin
    --- exit 2
    ");
    insta::assert_snapshot!(home.run(&["config", "colour", "blue"]).whole(), @r"
    --- stderr
    error[E2001]: `colour` is no setting, or its value is missing

    hint: settings: zone Z, language zh|en, ceiling MONEY|none, requester PERSON, person ID DEPARTMENT [approver], import-rules FILE
    --- exit 2
    ");
    assert_eq!(home.run(&["config", "person", "a b", "legal"]).code, 2);
    assert_eq!(home.run(&["config", "person", "a", "kitchen"]).code, 2);
    assert_eq!(home.run(&["config", "requester", "nobody"]).code, 2);
    let file = home.write("holidays.json", "{\"schema\":\"namekeep/holidays/1\"");
    assert_eq!(home.run(&["config", "import-rules", &file]).code, 2);
    assert!(!home.path("domains/rules").exists(), "a file that does not read is not kept");
}

#[test]
fn the_language_of_the_workspace_counts_where_nobody_asks_for_one() {
    let home = filled();
    assert_eq!(home.run(&["config", "language", "zh"]).code, 0);
    let without = |locale: &str| {
        let mut command = home.command(&["list"]);
        command.env_remove("NAMEKEEP_LANG").env("LANG", locale);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(without("C.UTF-8").starts_with("域名"));
    assert!(without("en_US.UTF-8").starts_with("NAME"));
}

#[test]
fn what_is_exported_imports_to_the_same_list() {
    let _steady = steady();
    let home = filled();
    insta::assert_snapshot!(home.run(&["export", "csv"]).whole(), @r"
    ﻿domain,domain (A-label),expires,auto-renew,registrar,account,owner,cost centre,intent,tags,date that counts from,phase,price a year,price of,level
    example-lab.net,example-lab.net,2026-11-10,,,lab,,,,,registrar,auto_renew_grace,,,not-checked
    example-shop.cn,example-shop.cn,,,腾讯云,,,,,,,unknown,,,not-checked
    example.com,example.com,2027-08-01,yes,,main,ops-1,,renew,,registrar,registered,,,not-checked
    示例商城.中国,xn--fsqp3lt7b0z0d.xn--fiqs8s,2026-12-09,no,阿里云,brand,运维甲,,lapse,,registrar,registered,,,not-checked
    --- exit 0
    ");
    for lang in ["en", "zh"] {
        let ran = home.run(&["export", "csv", "-o", "out.csv", "--lang", lang]);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
        let other = Home::new();
        let bytes = std::fs::read(home.path("out.csv")).unwrap();
        assert_eq!(other.feed(&["init", "-", "--zone", "Asia/Shanghai"], &bytes).code, 0);
        for (format, args) in [("list", ["list", "--full"]), ("csv", ["export", "csv"])] {
            let [first, second] = [&home, &other].map(|home| home.run(&args).out);
            let cut = |text: &str| text.lines().filter(|line| !line.contains("Data of")).collect::<Vec<_>>().join("\n");
            assert_eq!(cut(&first), cut(&second), "{lang} {format}");
        }
    }
}

#[test]
fn every_document_is_as_its_schema_says() {
    let home = Home::new();
    let ran = home.feed(&["init", "-", "--json", "--zone", "Asia/Shanghai"], LIST.as_bytes());
    schema::check("init", &ran.json());
    assert_eq!(ran.json()["counts"]["accepted"], 4);
    schema::check("list", &home.run(&["list", "--json"]).json());
    for name in ["example-lab.net", "示例商城.中国", "example-shop.cn"] {
        schema::check("show", &home.run(&["show", name, "--json"]).json());
    }
    schema::check("export", &home.run(&["export", "json"]).json());
    schema::check("config", &home.zh(&["config", "--json"]).json());
    let failed = home.run(&["show", "elsewhere.example", "--json"]);
    schema::check("error", &failed.json());
    assert_eq!(failed.json()["error"]["exit"], failed.code);
}

#[test]
fn a_registrar_in_words_of_a_list_is_no_obstacle_to_a_plan() {
    let home = Home::with("域名,到期日,注册商\nexample.cn,2027-05-01,阿里云计算有限公司\nexample.com,2027-05-01,Some Registrar Ltd\n");
    for name in ["example.cn", "example.com"] {
        let ran = home.run(&["plan", "retire", name]);
        assert!(!ran.err.contains("E1130"), "{}", ran.whole());
    }
    let known = home.run(&["show", "example.cn", "--json"]).json();
    assert_eq!(known["items"][0]["dates"]["lookup"]["overlay"], "aliyun");
}

#[test]
fn the_reading_verbs_can_be_asked_as_of_another_day_and_the_writing_ones_cannot() {
    let home = filled();
    let at = |now: &str, args: &[&str]| {
        let output = home.command(args).env("NAMEKEEP_NOW", now).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (_, soon) = at("2026-12-08T16:00:00Z", &["list", "商城"]);
    assert!(soon.contains("today"), "{soon}");
    let (_, over) = at("2026-12-10T16:00:00Z", &["list", "商城"]);
    assert!(over.contains("2 days ago"), "{over}");
    assert_eq!(at("yesterday", &["list"]).0, Some(2));
    assert_eq!(at("yesterday", &["config", "language", "en"]).0, Some(0));
}

#[test]
fn passwords_are_neither_kept_nor_told() {
    let home = filled();
    for file in std::fs::read_dir(home.path("domains")).unwrap().map(|file| file.unwrap().path()).filter(|p| p.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(6).any(|piece| piece == b"s3cret"), "{}", file.display());
    }
    let ran = Home::new().feed(&["init", "-", "--rejects", "rejects.csv", "--json"], LIST.as_bytes());
    assert!(!ran.out.contains("s3cret") && !ran.err.contains("s3cret"));
}

#[test]
fn lists_of_every_kind_are_read_or_refused_with_the_place() {
    let gb18030: &[u8] = b"\xd3\xf2\xc3\xfb,\xb5\xbd\xc6\xda\xca\xb1\xbc\xe4\nexample.com,2027-01-05\n";
    let long = [vec![b'a'; 1024 * 1024 + 1], b"\nexample.com\n".to_vec()].concat();
    for (what, input, code, said) in [
        ("Chinese headings in GB18030", gb18030, 0, "read as GB18030"),
        ("a NUL", b"example.com\nexam\0ple.cn\n", 0, "line 2"),
        ("a line of 1 MiB", &long, 0, "line 1"),
        ("nothing", b"", 2, "E4014"),
        ("only comments", b"# none\n\n", 2, "E4014"),
        ("only rejects", b"shop_\n", 2, "Line 1"),
        ("a spreadsheet", b"PK\x03\x04\x14\0\x06\0rest", 2, "E1604"),
        ("headings without names", "负责人,到期时间\na,2027-01-01\n".as_bytes(), 2, "E1605"),
        ("escape codes", b"\x1b[2Jexample.com\nexample.cn\n", 0, "\\u{1b}"),
    ] {
        let home = Home::new();
        let ran = home.feed(&["init", "-"], input);
        assert_eq!(ran.code, code, "{what}: {}", ran.whole());
        assert!(ran.out.contains(said) || ran.err.contains(said), "{what}: {}", ran.whole());
        assert!(!ran.whole().contains('\u{1b}'), "{what}");
        assert_eq!(home.path("domains").exists(), code == 0, "{what}");
    }
}

#[test]
fn rejects_go_to_a_file_with_line_numbers_and_reasons() {
    let home = Home::new();
    let list = home.write("names.txt", "example.com\nshop_\n=cmd.example\n");
    assert_eq!(home.run(&["init", &list, "--rejects", "rejects.csv"]).code, 0);
    let rejects = std::fs::read_to_string(home.path("rejects.csv")).unwrap();
    assert!(rejects.starts_with("\u{FEFF}line,reason,code,text"));
    assert!(rejects.contains("\r\n2,") && !rejects.contains(",=cmd"), "{rejects}");
}

#[test]
fn folders_and_files_that_cannot_be_used_are_named() {
    let _steady = steady();
    let home = Home::new();
    insta::assert_snapshot!(home.run(&["list"]).whole(), @r"
    --- stderr
    error[E1901]: no workspace at domains

    hint: make one with `namekeep init names.txt`
    --- exit 40
    ");
    std::fs::create_dir(home.path("folder")).unwrap();
    insta::assert_snapshot!(home.run(&["init", "folder"]).whole(), @r"
    --- stderr
    error[E4001]: folder is a folder, not a list of names

    hint: give a file, or `-` for standard input
    --- exit 40
    ");
    insta::assert_snapshot!(home.run(&["init", "missing.txt"]).whole(), @r"
    --- stderr
    error[E4001]: missing.txt: the list cannot be read: No such file or directory (os error 2)

    hint: check the path, the permissions and the free space
    --- exit 40
    ");

    let home = filled();
    std::fs::write(home.path("domains/workspace.json"), "{}").unwrap();
    insta::assert_snapshot!(home.run(&["list"]).whole(), @r"
    --- stderr
    error[E4011]: domains/workspace.json is not a workspace's file

    hint: restore the file from a backup, or choose another folder with `--workspace`
    --- exit 40
    ");
    let file = home.write("file", "");
    assert_eq!(home.run(&["list", "-w", &file]).code, 40);
    assert_eq!(home.feed(&["init", "-", "-w", &file], b"example.com\n").code, 40);
}

#[test]
fn a_store_of_a_newer_version_is_left_as_it_is() {
    let home = filled();
    let store = home.path("domains/namekeep.db");
    let mut bytes = std::fs::read(&store).unwrap();
    // SQLite file format, section 1.3: the user version is at offset 60, big-endian.
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&store, &bytes).unwrap();
    for args in [&["list"][..], &["init", "-"], &["config", "language", "zh"]] {
        let ran = home.feed(args, b"example.org\n");
        assert_eq!(ran.code, 40, "{}", ran.whole());
        assert!(ran.err.contains("E1905"), "{}", ran.whole());
    }
    assert_eq!(std::fs::read(&store).unwrap(), bytes);
}

#[test]
fn a_workspace_in_use_by_another_process_says_so() {
    let home = filled();
    // The first process holds the workspace while it waits for the rest of its list.
    let mut first = home.command(&["init", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let holder = || std::fs::read_to_string(home.path("domains/namekeep.lock")).unwrap_or_default();
    while holder().trim() != first.id().to_string() {
        assert!(first.try_wait().unwrap().is_none(), "the first process ended early");
        std::thread::yield_now();
    }
    let ran = home.run(&["list"]);
    assert_eq!(ran.code, 42, "{}", ran.whole());
    assert!(ran.err.contains("E1903") && ran.err.contains(&first.id().to_string()), "{}", ran.whole());
    drop(first.stdin.take());
    first.wait().unwrap();
    assert_eq!(home.run(&["list"]).code, 0);
}

#[test]
fn a_folder_that_may_not_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let locked = home.path("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(locked.join("probe"), "").is_ok() {
        // The superuser may write everywhere: a place where nobody may stands in.
        let ran = home.feed(&["init", "-", "-w", "/proc/namekeep"], b"example.com\n");
        assert_eq!(ran.code, 40, "{}", ran.whole());
        return;
    }
    let ran = home.feed(&["init", "-", "-w", "locked/domains"], b"example.com\n");
    assert_eq!(ran.code, 40, "{}", ran.whole());
    assert!(ran.err.contains("locked/domains"), "{}", ran.whole());
}

#[test]
fn a_name_of_the_workspace_is_rehearsed_from_what_is_known_of_it() {
    let home = Home::new();
    let list = "name,expires,auto-renew\nexample-tea.com,2027-05-20,no\n";
    let ran = home.feed(&["init", "-", "--zone", "Asia/Shanghai"], list.as_bytes());
    assert_eq!(ran.code, 0, "{ran:?}");
    let rehearse = |name: &str| home.run(&["rehearse", name, "--ending", "hold", "--at", "2026-11-24"]);
    let known = rehearse("example-tea.com");
    assert_eq!(known.code, 0, "{known:?}");
    assert!(!known.out.contains("expiry: not known") && !known.out.contains("auto-renew: not known"), "{}", known.out);
    assert!(known.out.contains("2028-05-20"), "held until a year after its own expiry: {}", known.out);
    // Any other name is rehearsed from the options alone, and says what it assumes.
    let other = rehearse("example-coffee.com");
    assert!(other.out.contains("expiry: not known"), "{}", other.out);
}

#[test]
fn only_an_open_task_takes_a_proof() {
    let home = Home::with("example-tea.com\n");
    home.write("proof.txt", "seen");
    let ran = home.run(&["task", "attach", "RET-9999/1.charter/1", "proof.txt"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("E8203"), "{ran:?}");
}

#[test]
fn a_stranger_gets_the_keys_from_config_and_identifies_who_signed() {
    let home = Home::with("example-tea.com,2027-09-20\n");
    let config = |home: &Home| home.run(&["config", "--json"]).json();
    home.run(&["config", "person", "legal-1", "legal", "approver"]);
    home.run(&["config", "person", "security-1", "security", "approver"]);
    let planned = home.run(&["plan", "retire", "example-tea.com", "--expires", "2027-09-20"]);
    assert_eq!(planned.code, 0, "{planned:?}");
    let sealed = home.run(&["evidence", "seal", "RET-0001"]);
    assert_eq!(sealed.code, 0, "{sealed:?}");
    let lines: Vec<String> = serde_json::from_value(config(&home)["trust"].clone()).unwrap();
    assert!(lines.iter().any(|line| line.ends_with(" log")) && lines.iter().any(|line| line.ends_with(" approver")), "{lines:?}");
    home.write("keys.txt", lines.join("\n"));
    let verified = home.run(&["evidence", "verify", "RET-0001.dossier", "--trust", "keys.txt"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(!verified.out.contains("not identified"), "{}", verified.out);
}

#[test]
fn a_copied_key_file_makes_nobody_else_of_its_holder() {
    let home = Home::with("example-tea.com\n");
    assert_eq!(home.run(&["config", "person", "legal-1", "legal", "approver"]).code, 0);
    std::fs::copy(home.path("domains/keys/legal-1.pem"), home.path("domains/keys/security-9.pem")).unwrap();
    let ran = home.run(&["config", "person", "security-9", "security", "approver"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("legal-1"), "{ran:?}");
    let people = home.run(&["config", "--json"]).json();
    let legal = people["items"].as_array().unwrap().iter().find(|item| item["id"] == "legal-1").unwrap().clone();
    assert!(legal["fingerprint"].is_string(), "{legal}");
    // Trusting nobody is not the same as not asking.
    home.write("none.txt", "# my keys\n");
    home.write("x.dossier", "x");
    let ran = home.run(&["evidence", "verify", "x.dossier", "--trust", "none.txt"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}
