//! The small tools: one input, one answer, no workspace and no network.

mod common;

use common::{Home, schema};

#[test]
fn name_shows_both_labels_and_what_is_wrong() {
    let home = Home::new();
    insta::assert_snapshot!(home.run(&["name", "示例商城.中国"]).whole(), @r"
    示例商城.中国
      A-label               xn--fsqp3lt7b0z0d.xn--fiqs8s
      U-label               示例商城.中国
      public suffix         xn--fiqs8s
      registry suffix       xn--fiqs8s
      registrable name      xn--fsqp3lt7b0z0d.xn--fiqs8s
      scripts               Han
      ! simplified and traditional forms of 示例商城 are one registration
    --- exit 0
    ");
    insta::assert_snapshot!(home.zh(&["name", "www.example.co.uk"]).whole(), @r"
    www.example.co.uk
      A-label               www.example.co.uk
      U-label               www.example.co.uk
      公共后缀              co.uk
      注册局后缀            co.uk
      可注册名称            example.co.uk
      文字系统              Latin
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["name", "a\u{202e}b.com"]).whole(), @r"
    a\u{202e}b.com  not a domain name: the name holds a character that reorders text (U+202E, character 2)
      position 1  remove the invisible character; what is shown is not what is stored [E1009 bidi-control]
    --- exit 2
    ");
}

#[test]
fn dates_shows_every_coming_date() {
    let home = Home::new();
    let args = ["dates", "example.cn", "--expires", "2026-11-10", "--registrar", "aliyun", "--at", "2026-11-24"];
    insta::assert_snapshot!(home.run(&args).whole(), @r"
    example.cn  renewal grace period
      date that counts  2026-11-10  the only date known; the registry was not compared

    WHAT                                              EARLIEST    TYPICAL     LATEST      CONFIDENCE
    expiry date                                       2026-11-10  2026-11-10  2026-11-10  medium
    resolution stopped                                2026-11-08  2026-11-11  2026-11-13  medium
    end of the renewal grace period or of an auction  2026-11-08  2026-12-10  2026-12-20  medium
    redemption period begins                          2026-11-08  2026-12-10  2026-12-20  medium
    last safe rescue day                              2026-11-18  2026-12-21  2026-12-30  medium      provisional
    end of the redemption period                      2026-11-21  2026-12-24  2027-01-04  medium
    purged, goes to the public                        2026-11-21  2026-12-24  2027-01-04  medium

    May now
      renew

    Traps
      the registrar may auction or move the name before it ever reaches redemption
      deletion on request is not offered to everybody
      an identity check outranks the clock: unverified names are stopped, deleted or cannot be
      redeemed
      some registrars delete before the expiry date: plan from their deadline
      at expiry the registry date jumps one year ahead although nobody paid

    Ask
      ask the registrar on which day auto-renew charges

    Notes
      RDAP/WHOIS expiry moves +1 year when the registry auto-renews: never read it as 'renewed' (seen
      in the 2008 CNNIC notice and in Aliyun's rules).
      Real-name status is a precondition of resolution (域名实名); serverHold until verified.
      Covers com.cn, net.cn, org.cn, gov.cn, ... ; redemption rule is the same, eligibility is not.
      Tencent Cloud help: about 30 days renewal, about 30 redemption as a general statement, and
      serverHold when the real-name check is missing on day 5
      console status is authoritative, WHOIS is not
      expired names may be moved to a managed account and auctioned; during redemption the holder may
      still redeem, otherwise the winner takes the name
      delete API SaveTaskForSubmittingDomainDelete exists but is open to allow-listed users only; the
      documented default for an unwanted name is to let it lapse
      the date was typed by a person
    --- exit 0
    ");
    insta::assert_snapshot!(home.zh(&args).whole(), @r"
    example.cn  续费宽限期
      采用日期  2026-11-10  唯一已知的日期；未与注册局比对

    事件                  最早        通常        最晚        可信度
    到期日                2026-11-10  2026-11-10  2026-11-10  中
    停止解析              2026-11-08  2026-11-11  2026-11-13  中
    续费宽限期或竞价结束  2026-11-08  2026-12-10  2026-12-20  中
    赎回期开始            2026-11-08  2026-12-10  2026-12-20  中
    最后安全挽回日        2026-11-18  2026-12-21  2026-12-30  中      暂定
    赎回期结束            2026-11-21  2026-12-24  2027-01-04  中
    清除并释放            2026-11-21  2026-12-24  2027-01-04  中

    现在可以
      续费

    注意
      注册商可能在进入赎回期之前竞价或转移该域名
      并非所有客户都可申请删除
      身份核查优先于时钟：未核验的域名可能被停止、删除或无法赎回
      部分注册商在到期日之前删除：须按其截止日安排
      到期时注册局日期自动多出一年，并不代表已付费

    须询问
      向注册商核实自动续费的扣款日

    说明
      （原文）RDAP/WHOIS expiry moves +1 year when the registry auto-renews: never read it as
      'renewed' (seen in the 2008 CNNIC notice and in Aliyun's rules).
      （原文）Real-name status is a precondition of resolution (域名实名); serverHold until verified.
      （原文）Covers com.cn, net.cn, org.cn, gov.cn, ... ; redemption rule is the same, eligibility is
      not.
      （原文）Tencent Cloud help: about 30 days renewal, about 30 redemption as a general statement,
      and serverHold when the real-name check is missing on day 5
      （原文）console status is authoritative, WHOIS is not
      （原文）expired names may be moved to a managed account and auctioned; during redemption the
      holder may still redeem, otherwise the winner takes the name
      （原文）delete API SaveTaskForSubmittingDomainDelete exists but is open to allow-listed users
      only; the documented default for an unwanted name is to let it lapse
      日期由人工填写
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["dates", "example.cn", "--expires", "soon"]).whole(), @r"
    --- stderr
    error[E2001]: `soon` is not a day

    hint: write it as 2027-03-01
    --- exit 2
    ");
}

#[test]
fn an_instant_as_a_reader_prints_it_is_taken_as_its_day() {
    let home = Home::new();
    let of = |day: &str| home.run(&["dates", "example.com", "--expires", day, "--at", "2026-11-24", "--json"]).json();
    let plain = of("2027-01-31");
    for instant in ["2027-01-31T10:00:00Z", "2027-01-31T23:59:59+08:00"] {
        assert_eq!(of(instant), plain, "{instant}");
    }
}

#[test]
fn workdays_count_and_say_what_is_provisional() {
    let home = Home::new();
    insta::assert_snapshot!(home.run(&["workdays", "add", "2026-11-06", "20"]).whole(), @r"
    2026-12-04
    --- exit 0
    ");
    insta::assert_snapshot!(home.zh(&["workdays", "add", "2026-12-20", "20"]).whole(), @r"
    2027-01-15
    --- stderr
    暂定：放假安排只公布到 2026-12-31；最早 2027-01-15，最晚 2027-01-29
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["workdays", "between", "2026-11-06", "2026-12-04"]).whole(), @r"
    20
    --- exit 0
    ");
    insta::assert_snapshot!(home.zh(&["workdays", "is", "2026-10-01"]).whole(), @r"
    休息日
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["workdays", "is", "1999-01-01"]).whole(), @r"
    --- stderr
    error[E1110]: 1999-01-01 is before 2015-01-01, the first day of the holidays file

    hint: ask from 2015-01-01 on, or import a holidays file which goes further back
    --- exit 2
    ");
}

#[test]
fn filing_numbers_are_read_and_identity_numbers_masked() {
    let home = Home::new();
    insta::assert_snapshot!(home.run(&["filing", "number", "京ICP备2021001234号-1"]).whole(), @r"
    京ICP备2021001234号-1  valid
      kind        site
      province    北京 11
      year        2021
    --- exit 0
    ");
    insta::assert_snapshot!(home.zh(&["filing", "number", "京 ICP备 2021001234"]).whole(), @r"
    京ICP备2021001234号  可修复
      类型        主体备案号（subject）
      省份        北京 11
      年份        2021
      提示        已删去空格
      提示        已补上缺少的“号”
    --- exit 0
    ");
    insta::assert_snapshot!(home.run(&["filing", "id", "11010519491231002X"]).whole(), @r"
    **************002X  valid  resident-id
    --- exit 0
    ");
}

#[test]
fn every_line_gets_its_answer_in_order() {
    let home = Home::new();
    for (schema_name, args, input) in [
        ("name", &["name", "-", "--json"][..], "example.com\n\n示例.中国\na b\n\u{FEFF}x.cn\n"),
        ("filing-number", &["filing", "number", "-", "--json"], "京ICP备2021001234号-1\nxx\n京公网安备11010502000001号\n\n"),
        ("filing-id", &["filing", "id", "-", "--json"], "91110000600037341L\n110101\n11010519491231002X\n"),
    ] {
        let ran = home.feed(args, input.as_bytes());
        assert_eq!(ran.code, 0, "{}", ran.whole());
        let lines: Vec<serde_json::Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), input.lines().count(), "{}", ran.out);
        for line in &lines {
            schema::check(schema_name, line);
        }
    }
    let masked = home.feed(&["filing", "id", "-", "--json"], b"11010519491231002X\n").out;
    assert!(!masked.contains("19491231"), "{masked}");
}

#[test]
fn one_answer_of_each_tool_is_as_its_schema_says() {
    let home = Home::new();
    for args in [
        &["workdays", "add", "2026-11-06", "20", "--json"][..],
        &["workdays", "between", "2026-11-06", "2027-03-01", "--json"],
        &["workdays", "is", "2026-10-01", "--json"],
    ] {
        schema::check("workdays", &home.run(args).json());
    }
    for (name, day) in [("example.com", "2027-03-01"), ("example.cn", "2026-11-10"), ("example.co.uk", "2026-10-01"), ("example.aq", "2026-10-01"), ("示例.中国", "2026-01-01")] {
        let args = ["dates", name, "--expires", day, "--at", "2026-11-24", "--json"];
        schema::check("dates", &home.run(&args).json());
    }
    let rdap = r#"{"objectClassName":"domain","ldhName":"example.com","status":["active","client transfer prohibited"],
        "events":[{"eventAction":"expiration","eventDate":"2027-08-13T04:00:00Z"}],
        "nameservers":[{"objectClassName":"nameserver","ldhName":"ns1.example.com"}]}"#;
    let whois = "Domain Name: EXAMPLE.COM\nRegistry Expiry Date: 2027-08-13T04:00:00Z\nSurprise: yes\n";
    schema::check("reading", &home.feed(&["rdap", "parse", "-", "--json"], rdap.as_bytes()).json());
    schema::check("reading", &home.feed(&["whois", "parse", "-", "--json"], whois.as_bytes()).json());
    schema::check("error", &home.run(&["workdays", "is", "yesterday", "--json"]).json());
}
