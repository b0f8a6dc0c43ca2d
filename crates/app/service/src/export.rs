//! A portfolio as a file for others: CSV for spreadsheets, JSON for programs.
//!
//! The CSV is RFC 4180 with a byte-order mark (spreadsheets ask for one to read Chinese), no cell is
//! ever taken for a formula, and importing it again gives the same names with the same dates and
//! decisions. Rows are written one by one: memory does not grow with the portfolio.

use std::io::Write;
use std::path::Path;

use jiff::tz::TimeZone;
use namekeep_model::{Ending, Facts, Intent, Lang, Text, Timestamp, WorkspaceId};
use namekeep_rules::Rulebook;
use namekeep_store::{NameRecord, NameRow, Order, Page, Store};
use serde::Serialize;

use crate::Failure;
use crate::files::not_written;
use crate::import::cell;
use crate::portfolio::Line;

/// Rows read at once.
const PAGE: usize = 1_000;

/// What every export is made with.
#[derive(Debug)]
pub struct Export<'a> {
    /// The rules in force.
    pub rules: &'a Rulebook,
    /// The zone of its days.
    pub zone: &'a TimeZone,
    /// The instant it is made at.
    pub now: Timestamp,
    /// The language of headings.
    pub lang: Lang,
    /// Where it goes, as a failure names it.
    pub place: &'a Path,
}

/// Headings of the CSV. Those an import reads are words it knows; the others it names and leaves out.
const HEADINGS: [Text; 15] = [
    Text::new("domain", "域名"),
    Text::new("domain (A-label)", "域名 (A-label)"),
    Text::new("expires", "到期日"),
    Text::new("auto-renew", "自动续费"),
    Text::new("registrar", "注册商"),
    Text::new("account", "账号"),
    Text::new("owner", "负责人"),
    Text::new("cost centre", "成本中心"),
    Text::new("intent", "处置"),
    Text::new("tags", "标签"),
    Text::new("date that counts from", "采用日期来源"),
    Text::new("phase", "阶段"),
    Text::new("price a year", "年费"),
    Text::new("price of", "价格日期"),
    Text::new("level", "级别"),
];

impl Export<'_> {
    /// Writes CSV; tells how many names.
    pub async fn csv<S: Store>(&self, store: &S, out: &mut (dyn Write + '_)) -> Result<u64, Failure> {
        let headings: Vec<&str> = HEADINGS.iter().map(|text| text.get(self.lang)).collect();
        self.put(out, &format!("\u{FEFF}{}\r\n", headings.join(",")))?;
        let mut count = 0;
        let mut after = None;
        while let Some(page) = self.page(store, &mut after).await? {
            for record in page {
                let line = Line::of(&record, self.rules, self.now, self.zone)?;
                self.put(out, &self.row(&line))?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Writes one JSON document, a name a line; tells how many names.
    pub async fn json<S: Store>(&self, store: &S, out: &mut (dyn Write + '_)) -> Result<u64, Failure> {
        #[derive(Serialize)]
        struct Head<'a> {
            schema: &'a str,
            generated_at: Timestamp,
            workspace: &'a WorkspaceId,
            rulebook: String,
        }
        #[derive(Serialize)]
        struct Item<'a> {
            #[serde(flatten)]
            line: &'a Line,
            facts: &'a Facts,
        }
        let head = Head {
            schema: "namekeep/export/1",
            generated_at: self.now,
            workspace: store.workspace(),
            rulebook: self.rules.digest().to_string(),
        };
        let head = text_of(&head);
        self.put(out, &format!("{},\n\"items\":[", head.trim_end_matches('}')))?;
        let (mut count, mut after, mut newest) = (0, None, None);
        while let Some(page) = self.page(store, &mut after).await? {
            for record in page {
                let line = Line::of(&record, self.rules, self.now, self.zone)?;
                newest = newest.max(line.seen);
                let separator = if count == 0 { "\n" } else { ",\n" };
                self.put(out, &format!("{separator}{}", text_of(&Item { line: &line, facts: &record.facts })))?;
                count += 1;
            }
        }
        let as_of = text_of(&newest.unwrap_or(self.now));
        self.put(out, &format!("\n],\n\"as_of\":{as_of},\"not_checked\":[],\"next_steps\":[]}}\n"))?;
        Ok(count)
    }

    async fn page<S: Store>(&self, store: &S, after: &mut Option<NameRow>) -> Result<Option<Vec<NameRecord>>, Failure> {
        let rows = store.names(Page { order: Order::Name, after: after.as_ref(), limit: PAGE }).await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in &rows {
            records.extend(store.name(&row.name).await?);
        }
        let Some(last) = rows.into_iter().last() else { return Ok(None) };
        *after = Some(last);
        Ok(Some(records))
    }

    fn row(&self, line: &Line) -> String {
        let optional = |text: &Option<String>| text.as_deref().map_or_else(String::new, cell);
        let counts = line.date_that_counts.as_ref();
        let yes = |on: bool| if on { Text::new("yes", "是") } else { Text::new("no", "否") };
        let price = line.price.as_ref();
        let cells = [
            cell(&line.name.to_string()),
            cell(line.name.a_label()),
            counts.map_or_else(String::new, |counts| counts.date.to_string()),
            line.auto_renew.as_ref().map_or_else(String::new, |told| yes(told.value).get(self.lang).to_owned()),
            optional(&line.registrar),
            optional(&line.account),
            optional(&line.owner),
            optional(&line.cost_centre),
            decision(line.intent, line.ending).get(self.lang).to_owned(),
            cell(&line.tags.join(";")),
            counts.map_or_else(String::new, |counts| counts.which.code().to_owned()),
            line.phase.code().to_owned(),
            price.map_or_else(String::new, |told| cell(&told.value.to_string())),
            price.map_or_else(String::new, |told| self.zone.to_datetime(told.at).date().to_string()),
            line.level.text().en.replace(' ', "-"),
        ];
        format!("{}\r\n", cells.join(","))
    }

    fn put(&self, out: &mut (dyn Write + '_), text: &str) -> Result<(), Failure> {
        out.write_all(text.as_bytes()).map_err(|e| not_written(self.place, &e))
    }
}

/// A decision in a word an import reads back.
const fn decision(intent: Intent, ending: Option<Ending>) -> Text {
    match (intent, ending) {
        (Intent::Undecided, _) => Text::new("", ""),
        (Intent::Renew, _) => Text::new("renew", "续费"),
        (Intent::Retire, None) => Text::new("retire", "退役"),
        (Intent::Retire, Some(Ending::HoldDark)) => Text::new("hold-dark", "持有"),
        (Intent::Retire, Some(Ending::HoldLive)) => Text::new("hold-live", "hold-live"),
        (Intent::Retire, Some(Ending::Transfer)) => Text::new("transfer", "转出"),
        (Intent::Retire, Some(Ending::Lapse)) => Text::new("lapse", "不续费"),
        (Intent::Retire, Some(Ending::Delete)) => Text::new("delete", "删除域名"),
    }
}

/// Our own types always have a JSON form.
fn text_of(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::block_on;
    use crate::import::{Import, Options};
    use crate::portfolio::{Intake, take_in};
    use namekeep_store::MemoryStore;

    const LIST: &str = "域名,到期日,自动续费,注册商,账号,负责人,成本中心,处置,标签\n\
        示例商城.中国,2026-12-09,是,阿里云,brand,运维甲,CC-7,不续费,\"商城;促销\"\n\
        example.com,2027-08-01,no,\"GoDaddy.com, LLC\",main,ops-1,\"=1+1\",hold-live,+cmd|x\n\
        example.cn,,,,,,\"a \"\"b\"\", c\",,\n";

    fn filled(list: &str) -> MemoryStore {
        let store = MemoryStore::new(WorkspaceId::new("w").unwrap());
        let rows = Import::new(list.as_bytes(), Options::default()).unwrap().collect_all().unwrap();
        assert!(rows.rejected.is_empty(), "{:?}", rows.rejected);
        let now = "2026-11-24T01:00:00Z".parse().unwrap();
        let intake = Intake::new(Rulebook::embedded().unwrap(), "2026-11-24".parse().unwrap(), now);
        block_on(take_in(&store, rows.accepted.into_iter(), intake)).unwrap();
        store
    }

    fn exported(store: &MemoryStore, lang: Lang) -> (String, String) {
        let rules = Rulebook::embedded().unwrap();
        let now = "2026-11-24T01:00:00Z".parse().unwrap();
        let export = Export { rules: &rules, zone: &TimeZone::UTC, now, lang, place: Path::new("-") };
        let (mut csv, mut json) = (Vec::new(), Vec::new());
        block_on(export.csv(store, &mut csv)).unwrap();
        block_on(export.json(store, &mut json)).unwrap();
        (String::from_utf8(csv).unwrap(), String::from_utf8(json).unwrap())
    }

    #[test]
    fn what_is_exported_imports_to_the_same_names() {
        let store = filled(LIST);
        for lang in [Lang::En, Lang::Zh] {
            let (csv, _) = exported(&store, lang);
            let again = filled(&csv);
            for name in ["example.com", "example.cn", "xn--fsqp3lt7b0z0d.xn--fiqs8s"] {
                let name = namekeep_model::DomainName::parse(name).unwrap();
                let [first, second] = [&store, &again].map(|store| block_on(store.name(&name)).unwrap().unwrap());
                assert_eq!(first, second, "{lang:?}\n{csv}");
            }
        }
    }

    #[test]
    fn no_cell_is_a_formula_and_the_document_is_whole() {
        let (csv, json) = exported(&filled(LIST), Lang::En);
        assert!(csv.starts_with('\u{FEFF}'));
        assert!(csv.lines().all(|line| !line.split(',').any(|cell| cell.starts_with(['=', '+', '-', '@']))), "{csv}");
        let document: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(document["schema"], "namekeep/export/1");
        assert_eq!(document["items"].as_array().unwrap().len(), 3);
        let empty = exported(&MemoryStore::new(WorkspaceId::new("w").unwrap()), Lang::Zh).1;
        assert!(serde_json::from_str::<serde_json::Value>(&empty).unwrap()["items"].as_array().unwrap().is_empty());
    }
}
