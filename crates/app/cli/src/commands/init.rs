//! `namekeep init`: makes a workspace and reads a list of names into it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use jiff::tz::TimeZone;
use namekeep_model::{Lang, Text, Timestamp, Words, words};
use namekeep_service::files::{not_written, write_whole};
use namekeep_service::import::{Options, RejectFile};
use namekeep_service::portfolio::{Survey, Taken, survey};
use namekeep_service::workspace::{DEFAULT_ZONE, Settings, Workspace, zone_named};
use namekeep_service::{Exit, Failure};
use serde_json::{Value, json};

use super::words::count;
use crate::args::{Global, Init};
use crate::output::{Output, cut, safe};

/// Cells of the labels in front.
const WIDE: usize = 10;

pub(crate) fn run(args: &Init, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let folder = &global.workspace;
    // A workspace that is there says its own zone, which decides how instants of a list become days.
    let mut workspace = Workspace::open_if_made(folder)?;
    let known = workspace.is_some();
    let output = &match &workspace {
        Some(workspace) => output.speaking(workspace.settings().language),
        None => output.clone(),
    };
    let zone = match (&args.zone, &workspace) {
        (Some(zone), _) => zone.clone(),
        (None, Some(workspace)) => workspace.settings().zone.clone(),
        (None, None) => zone_of_machine(),
    };
    let time_zone = zone_named(&zone)?;
    let list = match &args.file {
        Some(file) => Some(judged(file, args.rejects.as_deref(), &time_zone, output.lang)?),
        None => None,
    };
    if let (Some(list), None) = (&list, &workspace)
        && list.summary.accepted == 0
    {
        return Err(nothing_accepted(list));
    }
    let mut opened = match workspace.take() {
        Some(workspace) => workspace,
        None => Workspace::create(folder, Settings::new(&zone, output.lang)?, now)?,
    };
    if opened.settings().zone != zone {
        let settings = Settings { zone: zone.clone(), ..opened.settings().clone() };
        opened.change(settings)?;
    }
    let taken = match &list {
        Some(list) => list.take_into(&opened, now)?,
        None => Taken::default(),
    };
    let report = Report { workspace: &opened, created: !known, list: list.as_ref(), taken, now };
    if output.json { output.json_document(&report.document(output.lang)) } else { report.print(output) }
    Ok(Exit::Ok)
}

/// Reads and judges a list; rejects go to their file line by line.
fn judged(file: &Path, rejects: Option<&Path>, zone: &TimeZone, lang: Lang) -> Result<Survey, Failure> {
    let source: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        if file.is_dir() {
            let shown = safe(&file.display().to_string());
            let says = words!(en: "{shown} is a folder, not a list of names", zh: "{shown} 是文件夹，不是域名清单");
            return Err(Failure::new("E4001", Exit::File, says)
                .hint(Text::new("give a file, or `-` for standard input", "请给出文件，或用 `-` 读标准输入")));
        }
        let opened = File::open(file);
        Box::new(opened.map_err(|e| Failure::file(file, Text::new("the list cannot be read", "无法读取名单"), &e))?)
    };
    let options = Options { zone: zone.clone(), ..Options::default() };
    let Some(path) = rejects else { return survey(source, options, |_| Ok(())) };
    write_whole(path, 0o600, |out| {
        let failed = |e: std::io::Error| not_written(path, &e);
        let mut rejects = RejectFile::new(out, lang).map_err(failed)?;
        let list = survey(source, options, |reject| rejects.write(reject).map_err(failed))?;
        rejects.finish().map_err(failed)?;
        Ok(list)
    })
}

fn nothing_accepted(list: &Survey) -> Failure {
    let failure = match list.first_rejects.first() {
        None => Failure::new("E4014", Exit::Usage, Text::new(
            "the list holds no name; nothing was made", "名单中没有域名；未创建任何内容",
        )),
        Some(reject) => {
            let (n, line, why) = (list.summary.rejected, reject.line, reject.code.why());
            let shown = cut(&reject.shown(60), 64);
            Failure::new("E4014", Exit::Usage, Words {
                en: format!("no name was accepted, {n} rejected; nothing was made. Line {line} \"{shown}\": {}", why.en),
                zh: format!("没有可接受的域名，拒绝 {n} 个；未创建任何内容。第 {line} 行“{shown}”：{}", why.zh),
            })
        }
    };
    failure.hint(Text::new(
        "write one name per line, or a CSV with a column headed domain", "每行写一个域名，或使用带“域名”列的 CSV",
    ))
}

/// The machine's zone; one set to UTC says nothing about where the company is.
fn zone_of_machine() -> String {
    let variable = std::env::var("TZ").ok().map(|zone| zone.trim_start_matches(':').to_owned());
    let link = || {
        let target = std::fs::read_link("/etc/localtime").ok()?;
        let target = target.to_string_lossy().into_owned();
        target.split_once("zoneinfo/").map(|(_, zone)| zone.to_owned())
    };
    let neutral = ["UTC", "Etc/UTC", "UCT", "GMT", "Etc/GMT", "Universal", "Zulu", "Etc/UCT"];
    let told = variable.filter(|zone| !zone.is_empty()).or_else(link);
    told.filter(|zone| !neutral.contains(&zone.as_str()) && zone_named(zone).is_ok())
        .unwrap_or_else(|| DEFAULT_ZONE.to_owned())
}

struct Report<'a> {
    workspace: &'a Workspace,
    created: bool,
    list: Option<&'a Survey>,
    taken: Taken,
    now: Timestamp,
}

impl Report<'_> {
    fn print(&self, output: &Output) {
        let zh = output.lang == Lang::Zh;
        let row = |label, lines: &[String]| output.block(label, WIDE, lines);
        let folder = safe(&self.workspace.folder().display().to_string());
        let (zone, n) = (&self.workspace.settings().zone, &self.taken.names);
        row(Text::new("Workspace", "工作区"), &[if zh {
            format!("{folder}   语言 中文 (English: `namekeep config language en`)   时区 {zone} (更改：`namekeep config zone`)")
        } else {
            format!("{folder}   language English (中文: `namekeep config language zh`)   time zone {zone} (change: `namekeep config zone`)")
        }]);
        let Some(list) = self.list else {
            row(Text::new("Names", "域名"), &[output.say(Text::new("none read yet", "尚未读入")).to_owned()]);
            output.hints(&[output.say(Text::new("`namekeep init names.txt` reads a list", "`namekeep init names.txt` 读入清单"))]);
            return;
        };
        let accepted = list.summary.accepted as u64;
        let idn = list.idn;
        let mut names = vec![match (zh, idn) {
            (true, 0) => format!("接受 {accepted} 个"),
            (true, _) => format!("接受 {accepted} 个，其中中文等国际化域名 {idn} 个"),
            (false, 0) => format!("{accepted} accepted"),
            (false, _) => format!("{accepted} accepted, {idn} of them IDN"),
        }];
        if !self.created {
            let (added, changed, same) = (n.added, n.changed, n.unchanged);
            names.push(if zh {
                format!("新增 {added} 个，更新 {changed} 个，未变 {same} 个")
            } else {
                format!("{added} new, {changed} changed, {same} as they were")
            });
        }
        names.extend(list.first_idn.iter().map(|name| format!("{name} = {}", name.a_label())));
        if idn > list.first_idn.len() as u64 {
            names.push(more(idn - list.first_idn.len() as u64, "`namekeep list`", zh));
        }
        row(Text::new("Names", "域名"), &names);
        row(Text::new("Rejected", "拒绝"), &self.rejected(list, output));
        row(Text::new("Repeated", "重复"), &self.repeated(list, zh));
        let notes: Vec<String> = self.notes(list).iter().map(|note| safe(note.get(output.lang))).collect();
        row(Text::new("Notes", "说明"), &notes);
        row(Text::new("Accounts", "账号"), &[output.say(not_connected()).to_owned()]);
        output.hints(&[
            output.say(Text::new("`namekeep check` looks at every name now", "`namekeep check` 立即查看每个域名")),
            output.say(Text::new("`namekeep list` shows them by date", "`namekeep list` 按日期列出")),
        ]);
    }

    fn rejected(&self, list: &Survey, output: &Output) -> Vec<String> {
        let all = list.summary.rejected as u64;
        let mut lines: Vec<String> = list
            .first_rejects
            .iter()
            .map(|reject| {
                let (line, shown) = (reject.line, cut(&reject.shown(60), 64));
                let why = reject.code.why();
                let says = words!(en: "line {line} \"{shown}\": {}", zh: "第 {line} 行“{shown}”：{}", why.get(output.lang));
                says.get(output.lang).to_owned()
            })
            .collect();
        if all > lines.len() as u64 {
            lines.push(more(all - lines.len() as u64, "`--rejects FILE`", output.lang == Lang::Zh));
        }
        lines
    }

    fn repeated(&self, list: &Survey, zh: bool) -> Vec<String> {
        let all = list.summary.duplicates as u64;
        let mut lines: Vec<String> = list
            .first_duplicates
            .iter()
            .map(|(line, name, first)| if zh {
                format!("第 {line} 行 {name}：以第 {first} 行为准")
            } else {
                format!("line {line} {name}: line {first} stands")
            })
            .collect();
        if all > lines.len() as u64 {
            lines.push(more(all - lines.len() as u64, "", zh));
        }
        lines
    }

    /// What should be known about the list as a whole, and what was left out of single lines.
    fn notes(&self, list: &Survey) -> Vec<Words> {
        let mut notes = list.summary.notes();
        let dates = list.undated;
        if dates > 0 {
            let shown = count(dates, "name has", "names have");
            notes.push(words!(
                en: "{shown} no expiry date in the list: `namekeep check` asks the registry",
                zh: "{dates} 个域名在名单中没有到期日：`namekeep check` 可向注册局查询"
            ));
        }
        let kept = self.taken.decisions_kept;
        if kept > 0 {
            let shown = count(kept, "name keeps its", "names keep their");
            notes.push(words!(
                en: "{shown} decision although the list says another",
                zh: "{kept} 个域名保留原有处置，名单中的处置未采用"
            ));
        }
        if list.not_kept > 0 {
            notes.push(words!(
                en: "remarks, registrants and registration days are read but not kept",
                zh: "备注、域名持有者、注册日期已识别，但不保存"
            ));
        }
        for (line, says) in &list.first_remarks {
            notes.push(Words { en: format!("line {line}: {}", says.en), zh: format!("第 {line} 行：{}", says.zh) });
        }
        let rest = list.remarks.saturating_sub(list.first_remarks.len() as u64);
        if rest > 0 {
            notes.push(words!(en: "and {rest} more such lines", zh: "另有 {rest} 条"));
        }
        notes
    }

    fn document(&self, lang: Lang) -> Value {
        let settings = self.workspace.settings();
        let names = &self.taken.names;
        let list = self.list;
        let summary = list.map(|list| &list.summary);
        json!({
            "schema": "namekeep/init/1",
            "generated_at": self.now,
            "as_of": self.now,
            "workspace": { "id": self.workspace.id, "folder": self.workspace.folder(), "created": self.created },
            "language": settings.language,
            "zone": settings.zone,
            "counts": {
                "lines": summary.map_or(0, |s| s.lines),
                "accepted": summary.map_or(0, |s| s.accepted),
                "rejected": summary.map_or(0, |s| s.rejected),
                "duplicates": summary.map_or(0, |s| s.duplicates),
                "idn": list.map_or(0, |l| l.idn),
                "undated": list.map_or(0, |l| l.undated),
                "added": names.added, "changed": names.changed, "unchanged": names.unchanged,
                "decisions_kept": self.taken.decisions_kept,
            },
            "items": list.map_or_else(Vec::new, |list| list.first_rejects.iter().map(|reject| json!({
                "line": reject.line, "text": reject.text, "code": reject.code.code(),
                "why": reject.code.why().get(lang),
            })).collect()),
            "duplicates": list.map_or_else(Vec::new, |list| list.first_duplicates.iter().map(|(line, name, first)| json!({
                "line": line, "name": name, "first": first,
            })).collect()),
            "idn": list.map_or_else(Vec::new, |list| list.first_idn.clone()),
            "notes": list.map_or_else(Vec::new, |list| self.notes(list).iter().map(|n| n.get(lang).to_owned()).collect()),
            "not_checked": [{ "what": "account", "why": not_connected().get(lang) }],
            "next_steps": ["namekeep check", "namekeep list"],
        })
    }
}

const fn not_connected() -> Text {
    Text::new(
        "none yet: paid-until dates, balance and auto-renew stay \"not checked\" until one is connected",
        "尚未连接：已付费至、余额、自动续费在连接账号前为“未检查”",
    )
}

fn more(n: u64, how: &str, zh: bool) -> String {
    match (zh, how.is_empty()) {
        (true, true) => format!("另有 {n} 个"),
        (true, false) => format!("另有 {n} 个（{how}）"),
        (false, true) => format!("and {n} more"),
        (false, false) => format!("and {n} more ({how})"),
    }
}
