//! Lists and tables as people really send them.

use encoding_rs::GB18030;
use jiff::tz::TimeZone;
use namekeep_model::Lang;
use namekeep_model::portfolio::{Ending, Intent};
use proptest::prelude::*;

use super::*;

fn import(bytes: impl AsRef<[u8]>) -> Imported {
    Import::new(bytes.as_ref(), Options::default()).unwrap().collect_all().unwrap()
}

fn names(imported: &Imported) -> Vec<(u64, &str)> {
    imported.accepted.iter().map(|row| (row.line, row.name.a_label())).collect()
}

fn rejects(imported: &Imported) -> Vec<(u64, &str)> {
    imported.rejected.iter().map(|reject| (reject.line, reject.code.code())).collect()
}

fn notices(row: &Row) -> Vec<&'static str> {
    row.notices.iter().map(RowNotice::code).collect()
}

fn columns(imported: &Imported) -> Vec<Column> {
    match &imported.summary.layout {
        Some(Layout::Table { headings, .. }) => headings.iter().map(|heading| heading.column).collect(),
        other => panic!("no table: {other:?}"),
    }
}

#[test]
fn reads_a_list_of_names() {
    let imported = import(
        "\u{FEFF}# names of the house\n\
         example.com\r\n\
         \n\
         例子.中国, Example.NET;www.example.org\t# the old ones\n\
         a.cn b.cn，c.cn、d.cn\r\
         example.com.\n\
         bad_name.com\n\
         who@example.com good.io\n\
         e.com 2026-12-20 08:30:00 f.com 2027年1月5日",
    );
    assert_eq!(
        names(&imported),
        [
            (2, "example.com"),
            (4, "xn--fsqu00a.xn--fiqs8s"),
            (4, "example.net"),
            (4, "example.org"),
            (5, "a.cn"),
            (5, "b.cn"),
            (5, "c.cn"),
            (5, "d.cn"),
            (8, "good.io"),
            (9, "e.com"),
            (9, "f.com"),
        ]
    );
    assert_eq!(rejects(&imported), [(7, "underscore"), (8, "mail-address")]);
    let first = DomainName::parse("example.com").unwrap();
    assert_eq!(imported.duplicates, [(6, first, 2)]);
    assert_eq!(imported.accepted[9].expires.unwrap().date.to_string(), "2026-12-20");
    assert_eq!(imported.accepted[10].expires.unwrap().date.to_string(), "2027-01-05");
    assert_eq!(imported.summary.layout, Some(Layout::List));
    assert_eq!((imported.summary.lines, imported.summary.accepted, imported.summary.rejected), (9, 11, 2));
}

#[test]
fn reduces_hosts_urls_and_wildcards_to_names_with_a_notice() {
    let imported = import(
        "www.example.com\nhttps://user:pw@shop.example.co.uk:8443/path?q=1#x\n*.example.org\nx.com/path\nx.github.io\n\
         github.io\nco.uk\n192.0.2.1\nhttp://192.0.2.1/\nprinter.local\nwww.xn--fsqu00a.xn--fiqs8s",
    );
    let got: Vec<_> = imported.accepted.iter().map(|row| (row.name.a_label(), notices(row))).collect();
    assert_eq!(
        got,
        [
            ("example.com", vec!["reduced"]),
            ("example.co.uk", vec!["from-url", "reduced"]),
            ("example.org", vec!["from-wildcard"]),
            ("x.com", vec!["from-url"]),
            ("x.github.io", vec!["private-suffix"]),
            ("github.io", vec!["private-suffix", "public-suffix"]),
            ("printer.local", vec!["special-use"]),
            ("xn--fsqu00a.xn--fiqs8s", vec!["reduced"]),
        ]
    );
    assert_eq!(rejects(&imported), [(7, "public-suffix"), (8, "ip-address"), (9, "url")]);
}

#[test]
fn reads_the_table_of_domain_admin_in_gb18030() {
    let text = "域名,注册时间,到期时间,剩余天数,分组,标签,主办单位名称,ICP备案/许可证号,备注\r\n\
                例子.中国,2020-01-05 00:00:00,2026-12-20 08:00:00,26,品牌,主站、公开,某公司,京ICP备11018762号-11,公司门户\r\n\
                example.cn,,2027/1/5,,,,,,一段,带逗号的备注\r\n";
    let (bytes, _, lossy) = GB18030.encode(text);
    assert!(!lossy && std::str::from_utf8(&bytes).is_err());
    let imported = import(bytes);
    assert_eq!(imported.summary.encoding, Some(Encoding::Gb18030));
    assert_eq!(imported.summary.foreign_lines, 0);
    use Column as C;
    assert_eq!(
        columns(&imported),
        [C::Name, C::Registered, C::Expires, C::Unknown, C::Group, C::Tags, C::Registrant, C::Filing, C::Remark]
    );
    let [first, second] = imported.accepted.as_slice() else { panic!("{imported:?}") };
    assert_eq!(first.name.u_label(), "例子.中国");
    assert_eq!(first.expires.unwrap().date.to_string(), "2026-12-20");
    assert_eq!(first.registered.unwrap().date.to_string(), "2020-01-05");
    assert_eq!(first.tags, ["主站", "公开"]);
    assert_eq!(first.registrant.as_deref(), Some("某公司"));
    assert_eq!(first.filing.as_deref(), Some("京ICP备11018762号-11"));
    // The template writes no quotes: a comma in the remark, the last column, is taken back in.
    assert_eq!(second.remark.as_deref(), Some("一段,带逗号的备注"));
    assert_eq!(notices(second), ["joined"]);
    assert!(imported.summary.notes().iter().any(|note| note.en.contains("剩余天数")));
}

#[test]
fn refuses_columns_with_passwords_and_keeps_none_of_their_values() {
    let imported = import(
        "domain,expiry_date,auto_renewal,registrar_name,registrar_account_username,registrar_account_password,\
         registrar_account_api_key,api_secret,domain_notes,dns_server_1\n\
         example.com,2026-12-20,YES,Registrar One,shop,hunter2-A,KEY-hunter2-B,hunter2-C,\"a \"\"note\"\"\",ns1.example.net\n\
         bad name.com,2026-12-20,0,x,y,hunter2-D,hunter2-E,hunter2-F,z,n\n\
         \"open,hunter2-G\n\
         last.com,0000-00-00,NO,,,,,,,\n",
    );
    assert_eq!(names(&imported), [(2, "example.com"), (5, "last.com")]);
    assert_eq!(rejects(&imported), [(3, "white-space"), (4, "quotes")]);
    let row = &imported.accepted[0];
    assert_eq!((row.auto_renew, row.account.as_deref()), (Some(true), Some("shop")));
    assert_eq!(row.remark.as_deref(), Some("a \"note\""));
    assert_eq!((imported.accepted[1].expires, imported.accepted[1].auto_renew), (None, Some(false)));
    let mut file = RejectFile::new(Vec::new(), Lang::En).unwrap();
    for reject in &imported.rejected {
        file.write(reject).unwrap();
    }
    let file = String::from_utf8(file.finish().unwrap()).unwrap();
    let everything = format!("{imported:?}{file}{:?}", imported.summary.notes());
    assert!(!everything.contains("hunter2"), "{everything}");
    assert!(imported.summary.notes().iter().any(|note| note.en.contains("refused") && note.en.contains("api_secret")));
}

#[test]
fn reads_console_tables_in_any_order_with_any_delimiter() {
    for (delimiter, text) in [
        (
            ',',
            "DomainName,ExpirationDate,AutoRenewEnabled,Remark,DomainGroupName,Registrar\nexample.cn,1797724800000,true,x,g,r\n",
        ),
        (';', "sep=;\n备注;自动续费;到期日期(UTC+8);分组;注册商;域名名称\nx;已开启;2026-12-20;g;r;example.cn\n"),
        (
            '\t',
            "# saved 2026-11-24\n到期日\t域名\t自动续费状态\t注册商\t分组\t备注\n2026年12月20日\t\"example.cn\"\t是\tr\tg\tx\n",
        ),
        ('|', "domain name|expires on|auto-renew|registrar|group|remark\nexample.cn|20 Dec 2026|1|r|g|x"),
    ] {
        let imported = import(text);
        assert!(
            matches!(imported.summary.layout, Some(Layout::Table { delimiter: found, .. }) if found == delimiter),
            "{text}"
        );
        let row = &imported.accepted[0];
        assert_eq!((row.name.a_label(), row.auto_renew), ("example.cn", Some(true)), "{text}");
        assert_eq!(row.expires.unwrap().date.to_string(), "2026-12-20", "{text}");
        assert_eq!(
            (row.registrar.as_deref(), row.group.as_deref(), row.remark.as_deref()),
            (Some("r"), Some("g"), Some("x"))
        );
        assert!(imported.rejected.is_empty(), "{text}");
    }
}

#[test]
fn reads_what_the_company_adds() {
    let imported = import(
        "域名,负责人,成本中心,账号,处置,标签\n\
         a.cn,approver,CC-100,brand,不续费,\"x, y、x\"\n\
         b.cn,owner,CC-200,main,续费,\n\
         c.cn,,,,注销,\n\
         d.cn,,,,看情况,\n",
    );
    let [a, b, c, d] = imported.accepted.as_slice() else { panic!("{imported:?}") };
    assert_eq!((a.intent, a.ending), (Some(Intent::Retire), Some(Ending::Lapse)));
    assert_eq!(
        (a.owner.as_deref(), a.cost_centre.as_deref(), a.account.as_deref()),
        (Some("approver"), Some("CC-100"), Some("brand"))
    );
    assert_eq!(a.tags, ["x", "y"]);
    assert_eq!(b.intent, Some(Intent::Renew));
    assert_eq!((c.intent, notices(c)), (None, vec!["ambiguous"]));
    assert_eq!(notices(d), ["unread"]);
}

#[test]
fn a_bad_value_costs_the_value_and_not_the_name() {
    let imported = import("domain,expires,auto renew\na.com,05/01/2026,maybe\nb.com,soon,1\n");
    assert_eq!(names(&imported), [(2, "a.com"), (3, "b.com")]);
    assert_eq!(notices(&imported.accepted[0]), ["ambiguous", "unread"]);
    assert_eq!(notices(&imported.accepted[1]), ["unread"]);
    for notice in imported.accepted.iter().flat_map(|row| &row.notices) {
        assert!(!notice.words().en.is_empty() && !notice.words().zh.is_empty());
    }
}

#[test]
fn one_stray_quote_costs_one_row() {
    let mut text = "domain,remark\na.com,\"never closed\n".to_owned();
    for n in 0..300 {
        text.push_str(&format!("n{n}.com,plain\n"));
    }
    text.push_str("b.com,\"two\nlines, one \"\"field\"\"\"\nc.com,\"closed\" and more\nd.com,5\" disk\n");
    let imported = import(&text);
    assert_eq!(rejects(&imported), [(2, "quotes"), (305, "quotes")]);
    assert_eq!(imported.accepted.len(), 302);
    let remark =
        |name: &str| imported.accepted.iter().find(|row| row.name.a_label() == name).and_then(|row| row.remark.clone());
    assert_eq!(remark("b.com").as_deref(), Some("two lines, one \"field\""));
    assert_eq!(remark("d.com").as_deref(), Some("5\" disk"));
    assert_eq!(imported.accepted.last().unwrap().line, 306);
}

#[test]
fn bad_lines_are_rejected_with_their_number() {
    let mut bytes = b"a.com\nb\0.com\n".to_vec();
    bytes.extend(vec![b'x'; 3_000_000]);
    bytes.extend(b"\n");
    bytes.extend("例\u{202E}子.cn\n".bytes());
    bytes.extend(b"\xFF\xFF\xFF.com\n");
    bytes.extend(b"z.com");
    let imported = import(bytes);
    assert_eq!(names(&imported), [(1, "a.com"), (6, "z.com")]);
    assert_eq!(rejects(&imported), [(2, "nul"), (3, "line-too-long"), (4, "bidi-control"), (5, "undecodable")]);
    assert!(imported.rejected.iter().all(|reject| reject.text.chars().count() <= 2_000));
    assert_eq!(imported.rejected[2].shown(80), "例\\u{202e}子.cn");
    for reject in &imported.rejected {
        let why = reject.code.why();
        assert!(!why.en.is_empty() && !why.zh.is_empty());
    }
    // One line of just under 1 MiB is read: as many names as stand in it.
    let line = "a.com,".repeat(170_000);
    let imported = import(&line);
    assert_eq!((imported.accepted.len(), imported.duplicates.len()), (1, 169_999));
}

#[test]
fn reads_utf_16_with_and_without_a_mark() {
    let text = "域名,备注\r\n例子.中国,门户\r\nexample.com,x\r\n".to_owned();
    for (little, mark) in [(true, true), (false, true), (true, false), (false, false)] {
        let units = mark.then_some(0xFEFF_u16).into_iter().chain(text.encode_utf16());
        let bytes: Vec<u8> =
            units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect();
        let imported = import(bytes);
        let expected = if little { Encoding::Utf16Le } else { Encoding::Utf16Be };
        assert_eq!(imported.summary.encoding, Some(expected));
        assert_eq!(names(&imported), [(2, "xn--fsqu00a.xn--fiqs8s"), (3, "example.com")]);
    }
}

#[test]
fn reads_a_file_pasted_together_from_two_encodings() {
    let utf8 = "域名,备注\n例子.中国,门户网站\n公司.中国,总部\n".as_bytes();
    let (gb, _, _) = GB18030.encode("网站.中国,旧的名单\n");
    let imported = import([utf8, &gb].concat());
    assert_eq!(imported.summary.encoding, Some(Encoding::Utf8));
    assert_eq!(imported.summary.foreign_lines, 1);
    assert_eq!(imported.accepted[2].remark.as_deref(), Some("旧的名单"));
    let (gb, _, _) = GB18030.encode("域名,备注\n例子.中国,门户网站\n公司.中国,总部\n");
    let imported = import([&gb[..], "网站.中国,旧的名单\n".as_bytes()].concat());
    assert_eq!(imported.summary.encoding, Some(Encoding::Gb18030));
    assert_eq!(imported.summary.foreign_lines, 1);
    assert_eq!(imported.accepted[2].remark.as_deref(), Some("旧的名单"));
}

#[test]
fn refuses_what_is_no_list() {
    let fails = |bytes: &[u8], options: Options| {
        let error = Import::new(bytes, options).and_then(Import::collect_all).unwrap_err();
        assert!(!error.says().zh.is_empty() && !error.hint().en.is_empty());
        error.code()
    };
    let small = Options { max_bytes: 100, ..Options::default() };
    assert_eq!(fails("a.com\n".repeat(100).as_bytes(), small), "E1602");
    let few = Options { max_names: 2, ..Options::default() };
    assert_eq!(fails(b"a.com\nb.com\nb.com\nc.com\n", few), "E1603");
    assert_eq!(fails(b"PK\x03\x04rest", Options::default()), "E1604");
    assert_eq!(fails("到期时间,备注\n2026-12-20,x\n".as_bytes(), Options::default()), "E1605");
    assert_eq!(fails(b"account,password\nx,y\n", Options::default()), "E1605");

    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("gone"))
        }
    }
    assert_eq!(Import::new(Failing, Options::default()).err().unwrap().code(), "E1601");
    let empty = import(b"");
    assert_eq!((empty.summary.lines, empty.summary.layout), (0, None));
}

#[test]
fn the_reject_file_is_safe_to_open_and_to_read_back() {
    for text in ["=1+1", "+cmd", "-2", "@x", "'=1", "''-x", "a,b", "say \"hi\"", "two\nlines", "plain", "'tis", "＝x"]
    {
        let written = cell(text);
        let inner = written.trim_matches('"');
        assert!(!inner.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{written}");
        let table = format!("domain,remark\na.com,{written}\n");
        let back = import(&table).accepted.remove(0).remark.unwrap();
        assert_eq!(back, text.replace('\n', " "));
    }
    let imported = import("=cmd|' /C calc'!A0.com\n");
    let mut file = RejectFile::new(Vec::new(), Lang::Zh).unwrap();
    file.write(&imported.rejected[0]).unwrap();
    let file = String::from_utf8(file.finish().unwrap()).unwrap();
    assert!(file.starts_with("\u{FEFF}行号,原因,代码,原文\r\n1,"), "{file}");
    assert!(file.ends_with(",\"'=cmd\"\r\n"), "{file}");
}

#[test]
fn instants_become_days_in_the_zone_given() {
    let text = "domain,expires\na.com,1797782400000\n";
    let in_zone = |zone| {
        let options = Options { zone, ..Options::default() };
        let imported = Import::new(text.as_bytes(), options).unwrap().collect_all().unwrap();
        imported.accepted[0].expires.unwrap().date.to_string()
    };
    assert_eq!(in_zone(TimeZone::UTC), "2026-12-20");
    assert_eq!(in_zone(TimeZone::fixed(jiff::tz::offset(8))), "2026-12-21");
}

/// Hands out at most a few bytes at a time, so that every boundary falls inside something.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.len().min(self.1).min(buffer.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

#[test]
fn lines_do_not_depend_on_how_the_bytes_arrive() {
    let mut text = String::from("域名,备注\r\n");
    for n in 0..6_000 {
        text.push_str(&format!("例子{n}.中国,\"门户 {n}\r\n第二行\"\r\n"));
    }
    let (gb, _, _) = GB18030.encode(&text);
    let whole = import(&gb);
    assert_eq!(whole.accepted.len(), 6_000);
    let dripped = Import::new(Drip(&gb, 7), Options::default()).unwrap().collect_all().unwrap();
    assert_eq!(dripped, whole);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    /// Every line that is neither heading, comment nor blank comes back: none is lost, none twice.
    #[test]
    fn no_line_is_lost(lines in proptest::collection::vec("[a-c]{1,2}\\.(com|cn)|[a-c_ ]{1,4}|# [a-z]{0,3}|", 0..12)) {
        let imported = import(lines.join("\n"));
        let tokens = |line: &String| line.split(' ').filter(|token| !token.is_empty()).count();
        let expected: usize = lines.iter().filter(|line| !line.starts_with('#')).map(tokens).sum();
        let summary = &imported.summary;
        prop_assert_eq!(summary.accepted + summary.rejected + summary.duplicates, expected);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), step in 1_usize..9) {
        let read = |source: Drip<'_>| Import::new(source, Options::default()).and_then(Import::collect_all);
        let whole = read(Drip(&bytes, usize::MAX));
        let dripped = read(Drip(&bytes, step));
        prop_assert_eq!(whole.as_ref().ok(), dripped.as_ref().ok());
    }

    #[test]
    fn any_table_is_read_without_panic(body in "([a-z.,;\"'\\n例0-9 =-]|\\r\\n){0,200}") {
        let imported = import(format!("domain,expires,auto renew,remark,tags\n{body}"));
        prop_assert!(imported.accepted.iter().all(|row| row.line >= 2));
    }
}
