//! The examples at the foot of each verb's help, in both languages. A test runs every one of them.

use namekeep_model::{Lang, Text};

use crate::output::cells;

/// A command as typed, and what it is for where that is not plain.
pub(super) type Example = (&'static str, Option<Text>);

/// The column where it stands what a command is for, counted from the command.
const COLUMN: usize = 39;

/// The examples of a verb, by its path.
pub(super) fn of(path: &str) -> &'static [Example] {
    match path {
        "init" => &[
            ("namekeep init names.txt", None),
            ("namekeep init portfolio.csv --rejects rejected.csv", None),
            (r"printf 'example.com\nexample.cn\n' | namekeep init -", None),
        ],
        "list" => &[
            ("namekeep list", None),
            ("namekeep list --sort level --limit 20", None),
            ("namekeep list shop --json", None),
        ],
        "show" => &[("namekeep show example.com", None), ("namekeep show 示例.中国 --json", None)],
        "check" => &[
            ("namekeep check", Some(Text { en: "every name of the workspace", zh: "工作区的全部域名" })),
            ("namekeep check example.com", Some(Text { en: "one name, no workspace needed", zh: "一个域名，无需工作区" })),
            ("namekeep check example.com --resolver 127.0.0.1:5353 --dns-port 5353", None),
        ],
        "explain" => &[
            ("namekeep explain C4 example.net", Some(Text { en: "a finding on a name", zh: "域名上的发现项" })),
            ("namekeep explain T3", Some(Text { en: "a check-point", zh: "检查点" })),
            ("namekeep explain example.net", Some(Text { en: "a name", zh: "域名" })),
            ("namekeep explain RET-0001", Some(Text { en: "a run: what blocks, who can move it", zh: "流程：受阻原因、谁能推动" })),
            ("namekeep explain E1102", Some(Text { en: "an error code", zh: "错误代码" })),
        ],
        "plan retire" => &[
            ("namekeep plan retire example.cn", None),
            ("namekeep plan retire example.cn --ending lapse --expires 2027-06-01", None),
        ],
        "plan renew" => &[
            ("namekeep plan renew example.com", None),
            ("namekeep plan renew example.com --years 2 --ceiling 'CNY 200'", None),
        ],
        "plan show" => &[("namekeep plan show RET-0001", None)],
        "plan again" => &[("namekeep plan again RET-0001", None)],
        "rehearse" => &[
            ("namekeep rehearse example.cn --expires 2027-08-01", None),
            ("namekeep rehearse example.com --ending lapse --expires 2027-08-01 --lang zh", None),
            ("namekeep rehearse example.cn --expires 2027-08-01 --seed 7 --full", None),
        ],
        "approve" => &[("namekeep approve RET-0001 --as legal-1 --step 21 --yes", None)],
        "refuse" => &[("namekeep refuse RET-0001 --as legal-1 --step 21", None)],
        "withdraw" => &[("namekeep withdraw RET-0001 --as legal-1 --step 21", None)],
        "apply" => &[("namekeep apply RET-0001", None)],
        "task list" => &[("namekeep task list", None), ("namekeep task list --json", None)],
        "task done" => &[(
            "namekeep task done RET-0001/1.charter/1 --by operations --field approvers=2 \\\n      \
             --field requester-approves=no --field deputies=2 --field scope-frozen=yes",
            None,
        )],
        "task attach" => &[("namekeep task attach RET-0001/1.charter/1 charter.pdf", None)],
        "tell" => &[(
            "namekeep tell example.cn registration.dispute=no registration.auto-renew=yes --by legal-1",
            None,
        )],
        "evidence seal" => &[
            ("namekeep evidence seal RET-0001", None),
            ("namekeep evidence seal RET-0001 --out case.dossier", None),
        ],
        "evidence show" => &[("namekeep evidence show RET-0001.dossier", None)],
        "evidence verify" => &[
            ("namekeep evidence verify RET-0001.dossier", None),
            ("namekeep evidence verify RET-0001.dossier --json", None),
        ],
        "export csv" => &[("namekeep export csv --out portfolio.csv", None)],
        "export json" => &[("namekeep export json", None)],
        "config" => &[
            ("namekeep config", None),
            ("namekeep config zone Asia/Shanghai", None),
            ("namekeep config person legal-1 legal approver", None),
        ],
        "demo" => &[
            ("namekeep demo", Some(Text { en: "the tour, about two seconds", zh: "导览，约两秒" })),
            ("namekeep demo list", Some(Text { en: "the portfolio of the demo world", zh: "演示世界的域名列表" })),
            ("namekeep demo explain RET-0007", None),
            ("namekeep demo advance 20 working-days", None),
        ],
        "demo list" => &[("namekeep demo list --sort level", None)],
        "demo show" => &[("namekeep demo show example-lab.net", None)],
        "demo explain" => &[
            ("namekeep demo explain RET-0007", None),
            ("namekeep demo explain C4 example-lab.net", None),
        ],
        "demo advance" => &[("namekeep demo advance 20 working-days", None), ("namekeep demo advance 36 hours", None)],
        "demo task" => &[("namekeep demo task", None)],
        "demo reset" => &[("namekeep demo reset", None)],
        "name" => &[
            ("namekeep name 示例商城.中国", None),
            (r"printf 'example.com\n示例.中国\n' | namekeep name - --json", None),
        ],
        "dates" => &[
            ("namekeep dates example.com --expires 2027-03-01", None),
            ("namekeep dates example.cn --expires 2026-11-10 --registrar aliyun --status redemptionPeriod", None),
        ],
        "workdays add" => &[
            ("namekeep workdays add 2026-11-06 20", None),
            ("namekeep workdays add 2026-11-06 -5", Some(Text { en: "backwards", zh: "向前推算" })),
        ],
        "workdays between" => &[("namekeep workdays between 2026-11-06 2026-12-04", None)],
        "workdays is" => &[("namekeep workdays is 2026-10-01", None)],
        "filing number" => &[
            ("namekeep filing number '京ICP备2021001234号-1'", None),
            (r"printf '京ICP备2021001234号-1\n' | namekeep filing number - --json", None),
        ],
        "filing id" => &[("namekeep filing id 91110000600037341L", None)],
        "whois parse" => &[("namekeep whois parse answer.txt --domain example.com", None)],
        "rdap parse" => &[("namekeep rdap parse answer.json", None)],
        "completions" => &[("namekeep completions bash > namekeep.bash", None)],
        _ => &[],
    }
}

/// The foot of a help page, in one language; nothing for a verb that has verbs below it.
pub(super) fn foot(examples: &[Example], lang: Lang) -> Option<String> {
    let heading = match examples.len() {
        0 => return None,
        1 => Text::new("Example:", "示例："),
        _ => Text::new("Examples:", "示例："),
    };
    let mut text = heading.get(lang).to_owned();
    for (command, what) in examples {
        let pad = COLUMN.saturating_sub(cells(command)).max(4);
        let line = format!("  {command}{:pad$}{}", "", what.map_or("", |what| what.get(lang)));
        text.push('\n');
        text.push_str(line.trim_end());
    }
    Some(text)
}
