//! The Chinese help: one line for each verb and argument, by path.
//!
//! English help is the doc comments of [`crate::args`]; a test refuses a verb or argument without a
//! line here, and a line here without a verb or argument. Both languages share the examples.

mod examples;

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};
use namekeep_model::Lang;

/// `verb` or `verb.argument` (global arguments: `.argument`) and its Chinese line.
const ZH: &[(&str, &str)] = &[
    ("", "管好公司的域名：真实日期、四面监测、安全续费、可核验的退役"),
    (".workspace", "工作区文件夹"),
    (".json", "输出一个 JSON 文档（小工具：每个输入一行）"),
    (".lang", "界面语言；代码与 JSON 键不翻译"),
    (".color", "何时着色（遵守 NO_COLOR）"),
    (".no_progress", "不画进度条"),
    ("init", "创建工作区并读入域名清单"),
    ("init.file", "清单（每行一个域名）或 CSV 文件；`-` 读标准输入"),
    ("init.rejects", "把被拒的行写到此文件，附行号与原因"),
    ("init.zone", "日历事项所用时区，例如 Asia/Shanghai"),
    ("list", "按接下来的日期列出域名"),
    ("list.filter", "只留包含此文本的域名"),
    ("list.sort", "排序"),
    ("list.limit", "最多显示的行数"),
    ("list.full", "显示全部"),
    ("show", "查看一个域名：日期、阶段、发现项、计划"),
    ("show.name", "域名"),
    ("check", "立即查看域名：注册局、DNS、证书"),
    ("check.names", "要查看的域名；不填则为工作区全部域名"),
    ("check.resolver", "使用此递归解析器"),
    ("check.dns_port", "询问域名服务器时的端口"),
    ("check.rdap_base", "改问此 RDAP 服务"),
    ("check.whois_server", "改问此 WHOIS 服务器"),
    ("check.tls_port", "询问 TLS 证书时的端口"),
    ("check.tls_roots", "改为信任这些根证书（PEM）"),
    ("check.allow_net", "允许应答中出现的地址落在此网段（默认拒绝内网）"),
    ("check.fail_on", "出现此级别或更重的发现项时以 1 退出"),
    ("check.why", "说明每个检查点为何未检查"),
    ("check.full", "也列出没有发现项的域名"),
    ("check.record", "把每次往来记录到此文件"),
    ("check.replay", "用以前的记录作答，不开任何连接"),
    ("explain", "说明原因：发现项、域名、流程、错误代码"),
    ("explain.what", "发现项代码、域名、流程编号或错误代码"),
    ("explain.name", "当前一项是发现项代码时的域名"),
    ("plan", "写下不可更改、带摘要的计划；不发送任何操作"),
    ("plan retire", "计划一个域名的退役；默认结局是持有"),
    ("plan retire.name", "域名"),
    ("plan retire.expires", "到期日，在没有更好来源时使用"),
    ("plan retire.registrar", "注册商（如 aliyun，或 IANA 编号）"),
    ("plan retire.filed", "是否已备案（yes、no）；未知则假定并说明"),
    ("plan retire.ending", "结局"),
    ("plan renew", "计划一个域名的续费"),
    ("plan renew.name", "域名"),
    ("plan renew.expires", "到期日，在没有更好来源时使用"),
    ("plan renew.registrar", "注册商（如 aliyun，或 IANA 编号）"),
    ("plan renew.filed", "是否已备案（yes、no）；未知则假定并说明"),
    ("plan renew.years", "续费年数"),
    ("plan renew.ceiling", "最高金额，例如 \"CNY 100\""),
    ("plan show", "显示计划"),
    ("plan show.run", "流程编号，例如 RET-0001"),
    ("plan again", "按现在所知重新计划：新的一版，全部签名作废"),
    ("plan again.run", "流程编号，例如 RET-0001"),
    ("rehearse", "在模拟日历上演练一个域名的完整计划"),
    ("rehearse.name", "域名"),
    ("rehearse.expires", "到期日，在没有更好来源时使用"),
    ("rehearse.registrar", "注册商（如 aliyun，或 IANA 编号）"),
    ("rehearse.filed", "是否已备案（yes、no）；未知则假定并说明"),
    ("rehearse.ending", "结局"),
    ("rehearse.seed", "同一种子得到同一文本"),
    ("rehearse.at", "演练开始的日期（默认今天）"),
    ("rehearse.full", "显示日记的每一条"),
    ("approve", "为流程的计划签名"),
    ("approve.run", "流程编号"),
    ("approve.person", "签名人（工作区中有密钥的人员）"),
    ("approve.step", "所签步骤（默认：请此人签名的全部请求）"),
    ("approve.yes", "不在终端上询问"),
    ("refuse", "拒绝流程的计划；流程暂停"),
    ("refuse.run", "流程编号"),
    ("refuse.person", "拒绝的人"),
    ("refuse.step", "所拒步骤"),
    ("refuse.yes", "不在终端上询问"),
    ("withdraw", "撤回签名"),
    ("withdraw.run", "流程编号"),
    ("withdraw.person", "撤回的人"),
    ("withdraw.step", "所撤步骤"),
    ("withdraw.yes", "不在终端上询问"),
    ("apply", "执行已批准且现在可做的操作"),
    ("apply.run", "流程编号"),
    ("task", "只有人能做的工作"),
    ("task list", "未完成任务，最近到期在前"),
    ("task done", "报告任务完成，附实测字段"),
    ("task done.task", "任务编号"),
    ("task done.by", "完成人"),
    ("task done.fields", "实测字段，名称=值"),
    ("task done.facts", "新得知的事实，键=值，例如 filing.filed=no"),
    ("task attach", "把文件作为任务凭证保存"),
    ("task attach.task", "任务编号"),
    ("task attach.file", "文件"),
    ("tell", "在无从查看之处，由人说明已知的事实"),
    ("tell.name", "域名"),
    ("tell.facts", "事实，键=值"),
    ("tell.by", "说明人"),
    ("evidence", "案卷：封存、查看、离线核验"),
    ("evidence seal", "写出流程的案卷"),
    ("evidence seal.run", "流程编号"),
    ("evidence seal.out", "写到何处（默认：流程编号.dossier）"),
    ("evidence show", "显示案卷讲述的经过"),
    ("evidence show.file", "案卷文件"),
    ("evidence verify", "离线核验案卷：0 完好，30 被改，31 不完整，32 未判定"),
    ("evidence verify.file", "案卷文件"),
    ("evidence verify.trust", "所信任的公钥：一行密钥或密钥文件"),
    ("export", "给他人用的文件"),
    ("export csv", "带 BOM 的 RFC 4180，供电子表格使用"),
    ("export csv.out", "文件（默认标准输出）"),
    ("export json", "一个 JSON 文档"),
    ("export json.out", "文件（默认标准输出）"),
    ("config", "查看或更改工作区设置"),
    ("config.key", "设置项；不填则全部显示"),
    ("config.value", "新值"),
    ("demo", "可试用一切的封闭世界：虚构域名、自有时钟、不联网"),
    ("demo.folder", "演示世界的文件夹"),
    ("demo list", "演示世界的域名列表"),
    ("demo list.filter", "只留包含此文本的域名"),
    ("demo list.sort", "排序"),
    ("demo list.limit", "最多显示的行数"),
    ("demo list.full", "显示全部"),
    ("demo show", "演示世界的一个域名"),
    ("demo show.name", "域名"),
    ("demo explain", "在演示世界中说明原因"),
    ("demo explain.what", "发现项代码、域名、流程编号或错误代码"),
    ("demo explain.name", "当前一项是发现项代码时的域名"),
    ("demo advance", "拨动演示世界的时钟"),
    ("demo advance.count", "数量"),
    ("demo advance.unit", "单位"),
    ("demo task", "演示世界的未完成任务"),
    ("demo reset", "重新开始演示世界"),
    ("name", "读一个域名：两种写法、后缀、提醒"),
    ("name.text", "文本；`-`：标准输入每行一个"),
    ("dates", "由到期日与后缀推算一个域名今后的全部日期"),
    ("dates.name", "域名"),
    ("dates.expires", "到期日"),
    ("dates.registrar", "注册商（如 aliyun，或 IANA 编号）"),
    ("dates.status", "看到的状态（EPP 或 RGP 词），可重复"),
    ("dates.at", "推算到哪一天（默认今天）"),
    ("workdays", "中国内地工作日"),
    ("workdays add", "某日之后第 N 个工作日（次日起算）"),
    ("workdays add.date", "起始日"),
    ("workdays add.days", "工作日数；负数向前"),
    ("workdays between", "A 之后至 B（含）的工作日数"),
    ("workdays between.from", "起始日，不计入"),
    ("workdays between.to", "终止日，计入"),
    ("workdays is", "某日是否工作日"),
    ("workdays is.date", "日期"),
    ("filing", "备案号与证件号码"),
    ("filing number", "读备案号、公安备案号或许可证号"),
    ("filing number.text", "文本；`-`：标准输入每行一个"),
    ("filing id", "校验信用代码、机构代码或身份证号；只显示末尾"),
    ("filing id.text", "文本；`-`：标准输入每行一个"),
    ("whois", "读 WHOIS 应答"),
    ("whois parse", "读存于文件的一份应答"),
    ("whois parse.file", "文件，或 `-`：标准输入为一份文档"),
    ("whois parse.server", "作答的服务器，有助于判断时区与编码"),
    ("whois parse.domain", "所查询的域名"),
    ("rdap", "读 RDAP 应答"),
    ("rdap parse", "读存于文件的一份应答"),
    ("rdap parse.file", "文件，或 `-`：标准输入为一份文档"),
    ("completions", "输出某种 shell 的补全脚本"),
    ("completions.shell", "shell"),
];

/// Tells, before the command line is parsed, whether Chinese help is wanted.
pub(crate) fn wants_chinese(words: impl Iterator<Item = OsString>) -> bool {
    let mut words = words.filter_map(|word| word.into_string().ok());
    while let Some(word) = words.next() {
        if word == "--lang" {
            return words.next().is_some_and(|value| value == "zh");
        }
        if let Some(value) = word.strip_prefix("--lang=") {
            return value == "zh";
        }
    }
    ["NAMEKEEP_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .is_some_and(|value| value.starts_with("zh"))
}

/// The command with its help in the wanted language, the examples at its foot.
pub(crate) fn localised(command: Command, lang: Lang) -> Command {
    dressed(command, "", lang)
}

fn line(path: &str) -> Option<&'static str> {
    ZH.iter().find(|(key, _)| *key == path).map(|(_, zh)| *zh)
}

fn dressed(mut command: Command, path: &str, lang: Lang) -> Command {
    if let Some(foot) = examples::foot(examples::of(path), lang) {
        command = command.after_help(foot);
    }
    if lang == Lang::Zh {
        command = translated(command, path);
    }
    let path = path.to_owned();
    command.mut_subcommands(move |sub| {
        let below = below(&path, &sub);
        dressed(sub, &below, lang)
    })
}

/// The path of a verb below a path.
fn below(path: &str, sub: &Command) -> String {
    if path.is_empty() { sub.get_name().to_owned() } else { format!("{path} {}", sub.get_name()) }
}

/// The layout of a help page, with the words clap would write in English.
const LAYOUT: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

fn translated(command: Command, path: &str) -> Command {
    let mut command = match line(path) {
        Some(zh) => command.about(zh).long_about(None),
        None => command,
    };
    let flag = |id: &'static str, action, says: &'static str| {
        Arg::new(id).long(id).action(action).help(says).help_heading("选项").display_order(900)
    };
    command = command.disable_help_flag(true).arg(flag("help", ArgAction::Help, "显示帮助").short('h'));
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(flag("version", ArgAction::Version, "显示版本").short('V'));
    }
    let path = path.to_owned();
    command.help_template(LAYOUT).subcommand_help_heading("命令").subcommand_value_name("命令").mut_args(move |arg| {
        let key = format!("{path}.{}", arg.get_id());
        let heading = if arg.is_positional() { "参数" } else { "选项" };
        match line(&key) {
            Some(zh) => {
                let zh = format!("{zh}{}", choices(&arg));
                arg.help(zh).long_help(None).help_heading(heading).hide_possible_values(true).hide_default_value(true).hide_env(true)
            }
            None => arg,
        }
    })
}

/// What clap would say of an argument in English: its values, its default, its variable.
fn choices(arg: &Arg) -> String {
    let mut says = Vec::new();
    let takes = arg.get_action().takes_values();
    let values: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if takes && !values.is_empty() {
        says.push(format!("可选 {}", values.join("、")));
    }
    if let Some(default) = arg.get_default_values().first().filter(|_| takes) {
        says.push(format!("默认 {}", default.to_string_lossy()));
    }
    if let Some(variable) = arg.get_env() {
        says.push(format!("环境变量 {}", variable.to_string_lossy()));
    }
    if says.is_empty() { String::new() } else { format!("（{}）", says.join("；")) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;

    fn paths(command: &Command, path: &str, found: &mut BTreeSet<String>) {
        found.insert(path.to_owned());
        for arg in command.get_arguments() {
            found.insert(format!("{path}.{}", arg.get_id()));
        }
        for sub in command.get_subcommands() {
            paths(sub, &below(path, sub), found);
        }
    }

    #[test]
    fn every_verb_and_argument_has_its_chinese_line() {
        let mut found = BTreeSet::new();
        paths(&crate::args::Cli::command(), "", &mut found);
        let known: BTreeSet<String> = ZH.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(found.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "without a Chinese line");
        assert_eq!(known.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new(), "without a verb or argument");
    }

    #[test]
    fn every_verb_without_verbs_below_it_has_an_example_of_itself() {
        fn walk(command: &Command, path: &str) {
            for sub in command.get_subcommands() {
                walk(sub, &below(path, sub));
            }
            let examples = examples::of(path);
            assert!(command.has_subcommands() || !examples.is_empty(), "`{path}` has no example");
            for (line, _) in examples {
                assert!(line.contains(&format!("namekeep {path}")), "{line} is no example of `{path}`");
            }
        }
        walk(&crate::args::Cli::command(), "");
    }

    #[test]
    fn the_command_line_is_sound() {
        crate::args::Cli::command().debug_assert();
    }
}
