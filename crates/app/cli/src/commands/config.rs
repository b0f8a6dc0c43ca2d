//! `namekeep config`: the settings of a workspace, its people and its rules.

use std::path::Path;

use namekeep_model::{Department, Lang, PersonId, Text, Timestamp, words};
use namekeep_service::files::read_bounded;
use namekeep_service::workspace::{Settings, Workspace, zone_named};
use namekeep_service::{Exit, Failure};
use serde_json::{Value, json};

use crate::args::{Config, Global};
use crate::output::{Output, safe};

/// The largest rule file read, in bytes.
const LARGEST: u64 = 16 << 20;

pub(crate) fn run(args: &Config, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let mut workspace = Workspace::open(&global.workspace)?;
    let output = &output.speaking(workspace.settings().language);
    let values: Vec<&str> = args.value.iter().map(String::as_str).collect();
    match (args.key.as_deref(), values.as_slice()) {
        (None, _) => {}
        (Some("zone"), [zone]) => {
            zone_named(zone)?;
            change(&mut workspace, |settings| settings.zone = (*zone).to_owned())?;
        }
        (Some("language"), [language]) => {
            let language = match *language {
                "zh" => Lang::Zh,
                "en" => Lang::En,
                _ => return Err(usage(Text::new("the language is zh or en", "语言为 zh 或 en"))),
            };
            change(&mut workspace, |settings| settings.language = language)?;
        }
        (Some("ceiling"), ["none"]) => change(&mut workspace, |settings| settings.ceiling = None)?,
        (Some("ceiling"), [first, rest @ ..]) => {
            let text = [&[*first], rest].concat().join(" ");
            let money = super::plan::money(&text)?;
            change(&mut workspace, |settings| settings.ceiling = Some(money))?;
        }
        (Some("requester"), [person]) => workspace.set_requester(person_id(person)?)?,
        (Some("person"), [person, department]) => return add(&mut workspace, person, department, false, now, output),
        (Some("person"), [person, department, "approver"]) => {
            return add(&mut workspace, person, department, true, now, output);
        }
        (Some("import-rules"), [file]) => {
            let path = Path::new(file);
            let bytes = read_bounded(path, LARGEST)
                .map_err(|e| Failure::file(path, Text::new("the rule file cannot be read", "无法读取规则文件"), &e))?;
            workspace.import_rules(&bytes)?;
        }
        (Some(key), _) => return Err(unknown(key)),
    }
    if output.json { output.json_document(&document(&workspace, now)?) } else { print(&workspace, output)? }
    Ok(Exit::Ok)
}

fn change(workspace: &mut Workspace, set: impl FnOnce(&mut Settings)) -> Result<(), Failure> {
    let mut settings = workspace.settings().clone();
    set(&mut settings);
    workspace.change(settings)
}

fn usage(says: Text) -> Failure {
    Failure::usage(says).hint(Text::new("`namekeep config --help` shows the settings", "`namekeep config --help` 列出各设置"))
}

fn unknown(key: &str) -> Failure {
    let shown = safe(key);
    Failure::usage(words!(en: "`{shown}` is no setting, or its value is missing", zh: "`{shown}` 不是设置项，或缺少值")).hint(Text::new(
        "settings: zone Z, language zh|en, ceiling MONEY|none, requester PERSON, person ID DEPARTMENT [approver], import-rules FILE",
        "设置项：zone 时区、language zh|en、ceiling 金额|none、requester 人员、person 编号 部门 [approver]、import-rules 文件",
    ))
}

pub(super) fn person_id(text: &str) -> Result<PersonId, Failure> {
    PersonId::new(text).map_err(|_| {
        let shown = safe(text);
        Failure::usage(words!(en: "`{shown}` is no person id", zh: "`{shown}` 不是人员编号")).hint(Text::new(
            "use letters of any script, digits, `-`, `_` and `.`, such as legal-1",
            "可用文字、数字、`-`、`_`、`.`，例如 legal-1",
        ))
    })
}

fn department(text: &str) -> Result<Department, Failure> {
    let fits = |d: &Department| {
        let word = serde_json::to_value(d).ok();
        word.as_ref().and_then(Value::as_str) == Some(text) || d.text().zh == text
    };
    Department::ALL.into_iter().find(fits).ok_or_else(|| {
        let shown = safe(text);
        Failure::usage(words!(en: "`{shown}` is no department", zh: "`{shown}` 不是部门")).hint(Text::new(
            "one of: operations, security, legal, compliance, finance, brand, parent",
            "可用：运维、安全、法务、合规、财务、品牌、母公司（或其英文）",
        ))
    })
}

fn add(
    workspace: &mut Workspace,
    person: &str,
    word: &str,
    approver: bool,
    now: Timestamp,
    output: &Output,
) -> Result<Exit, Failure> {
    let added = workspace.add_person(person_id(person)?, department(word)?, approver, now)?;
    if output.json {
        let (record, key_file) = (&added.record, &added.key_file);
        output.json_document(&json!({
            "schema": "namekeep/person/1", "generated_at": now, "as_of": now,
            "items": [{ "person": record.person, "approver": record.approver, "fingerprint": added.fingerprint, "key_file": key_file }],
            "not_checked": [], "next_steps": [],
        }));
        return Ok(Exit::Ok);
    }
    let record = &added.record;
    let (id, of) = (&record.person.id, output.say(record.person.department.text()));
    let signs = output.say(if approver { Text::new("may sign", "可签名") } else { Text::new("does not sign", "不签名") });
    output.line(words!(en: "{id}  {of}, {signs}", zh: "{id}  {of}，{signs}").get(output.lang));
    let digest = &added.fingerprint;
    output.line(words!(en: "public key  {digest}", zh: "公钥摘要  {digest}").get(output.lang));
    if let Some(file) = &added.key_file {
        let file = safe(&file.display().to_string());
        output.line(words!(en: "private key {file}", zh: "私钥文件  {file}").get(output.lang));
        output.hints(&[words!(
            en: "hand the key file to {id} alone and remove it here: whoever holds it signs as {id}",
            zh: "请将私钥文件只交给 {id} 并从此处移走：持有者即可以 {id} 的名义签名"
        )
        .get(output.lang)]);
    }
    Ok(Exit::Ok)
}

fn print(workspace: &Workspace, output: &Output) -> Result<(), Failure> {
    let settings = workspace.settings();
    let row = |label: Text, value: String| output.block(label, 10, &[value]);
    row(Text::new("Workspace", "工作区"), format!("{}  {}", workspace.id, safe(&workspace.folder().display().to_string())));
    row(Text::new("Language", "语言"), match settings.language {
        Lang::En => "en  English (中文: `namekeep config language zh`)".to_owned(),
        Lang::Zh => "zh  中文 (English: `namekeep config language en`)".to_owned(),
    });
    row(Text::new("Time zone", "时区"), settings.zone.clone());
    row(Text::new("Ceiling", "续费上限"), settings.ceiling.map_or_else(
        || output.say(Text::new("none set: twice the known price, else CNY 500.00", "未设置：已知价格的两倍，否则 CNY 500.00")).to_owned(),
        |money| money.to_string(),
    ));
    row(Text::new("Requester", "发起人"), settings.requester.to_string());
    let own: Vec<String> = workspace
        .own_rules()
        .iter()
        .map(|kind| {
            let (name, file) = (output.say(kind.text()), kind.file_name());
            words!(en: "{name} from rules/{file}", zh: "{name}来自 rules/{file}").get(output.lang).to_owned()
        })
        .collect();
    let embedded = output.say(Text::new("embedded", "内置"));
    let digest: String = workspace.rules.digest().to_string().chars().take(12).collect();
    let own = if own.is_empty() { embedded.to_owned() } else { own.join(", ") };
    row(Text::new("Rules", "规则"), format!("{own}  {digest}"));
    output.line("");
    let headings = [Text::new("PERSON", "人员"), Text::new("DEPARTMENT", "部门"), Text::new("SIGNS", "签名"), Text::new("KEY", "密钥")]
        .map(|text| output.say(text));
    let mut rows = Vec::new();
    for record in &settings.people {
        let key = workspace.public_key(&record.person.id)?;
        let key = key.map_or_else(
            || output.say(Text::new("none yet", "尚无")).to_owned(),
            |key| key.id.chars().take(16).collect(),
        );
        let signs = if record.approver { Text::new("yes", "是") } else { Text::new("no", "否") };
        let department = output.say(record.person.department.text()).to_owned();
        rows.push(vec![record.person.id.to_string(), department, output.say(signs).to_owned(), key]);
    }
    output.table(&headings, &rows, &[]);
    let trust = workspace.trust_lines()?;
    if !trust.is_empty() {
        output.line("");
        output.line(output.say(Text::new(
            "Keys for `evidence verify --trust FILE`, to hand to whoever verifies:",
            "供验证者使用的密钥（`evidence verify --trust 文件`）：",
        )));
        for line in &trust {
            output.line(format!("  {line}"));
        }
    }
    if settings.people.iter().filter(|record| record.approver).count() < 2 {
        output.hints(&[output.say(Text::new(
            "an act that cannot be undone needs two approvers of two departments: `namekeep config person legal-1 legal approver`",
            "不可恢复的操作需要两个部门的两名签名人：`namekeep config person legal-1 法务 approver`",
        ))]);
    }
    Ok(())
}

fn document(workspace: &Workspace, now: Timestamp) -> Result<Value, Failure> {
    let settings = workspace.settings();
    let mut people = Vec::new();
    for record in &settings.people {
        let key = workspace.public_key(&record.person.id)?;
        people.push(json!({
            "id": record.person.id, "department": record.person.department, "deputy": record.person.deputy,
            "approver": record.approver, "fingerprint": key.map(|key| key.id),
        }));
    }
    Ok(json!({
        "schema": "namekeep/config/1",
        "generated_at": now,
        "as_of": now,
        "workspace": { "id": workspace.id, "folder": workspace.folder() },
        "zone": settings.zone,
        "language": settings.language,
        "ceiling": settings.ceiling,
        "requester": settings.requester,
        "rules": {
            "digest": workspace.rules.digest().to_string(),
            "own_files": workspace.own_rules().iter().map(|kind| kind.file_name()).collect::<Vec<_>>(),
        },
        "trust": workspace.trust_lines()?,
        "items": people,
        "not_checked": [],
        "next_steps": [],
    }))
}
