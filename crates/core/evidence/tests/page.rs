//! The page of a dossier: no script, no network, nothing that pretends, both languages, every claim linked.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use base64::Engine as _;
use common::World;
use common::zip::{file, unpack};
use namekeep_evidence::visible;
use sha2::{Digest, Sha256};

fn page(demo: bool) -> String {
    let mut world = World::new(300, 2);
    world.demo = demo;
    String::from_utf8(file(&mut unpack(&world.seal().unwrap()), "index.html").clone()).unwrap()
}

#[test]
fn nothing_runs_and_nothing_is_fetched() {
    let page = page(true);
    for active in [
        "<script",
        "javascript:",
        " on",
        "src=",
        "url(",
        "@import",
        "http:",
        "https:",
        "<link",
        "<iframe",
        "<img",
        "<form",
        "<base",
        "style=\"",
    ] {
        let found = page.to_lowercase().matches(active).count();
        // " on" as an attribute would be followed by a name and an equals sign.
        let allowed = if active == " on" { found } else { 0 };
        assert_eq!(found, allowed, "{active}");
    }
    let tags = page.split('<').skip(1).filter_map(|tag| tag.split_once('>').map(|(tag, _)| tag));
    assert!(tags.into_iter().all(|tag| !tag.split_ascii_whitespace().skip(1).any(|part| part.starts_with("on"))));
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
    assert!(
        page.contains(&format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"))
    );
}

#[test]
fn text_from_outside_is_only_text() {
    let page = page(true);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; \\u{202e}more."));
    assert!(!page.contains('\u{202e}'));
    assert_eq!(
        visible("a\u{202e}b\u{0}\u{200b}\u{1b}[31m\u{e0041}"),
        "a\\u{202e}b\\u{0}\\u{200b}\\u{1b}[31m\\u{e0041}"
    );
    assert_eq!(visible("域名 example.com、Ж"), "域名 example.com、Ж");
}

#[test]
fn every_sentence_leads_to_its_entry() {
    let page = page(true);
    let targets: Vec<&str> = page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(
        targets.iter().filter(|target| target.starts_with('e') && **target != "en" && **target != "entries").count()
            == 4
    );
    for target in targets {
        assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1, "{target}");
    }
}

#[test]
fn both_languages_and_demo() {
    let (demo, real) = (page(true), page(false));
    for text in ["The name was let go", "域名已不续费", "案卷开始。", "The run started."] {
        assert!(demo.contains(text), "{text}");
    }
    assert!(demo.contains("lang=\"zh-CN\"") && demo.contains("lang=\"en\""));
    assert!(demo.contains("DEMO") && !real.contains("DEMO"));
    assert!(demo.contains("typed by a person") && demo.contains("withheld file"));
}
