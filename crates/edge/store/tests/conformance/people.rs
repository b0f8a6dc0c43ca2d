//! Settings, keys, open questions.

use namekeep_model::PersonId;
use namekeep_store::{Append, PublicKey, RequestKind, RequestMove};
use serde_json::{Value, json};

use crate::{at, laws, started};

fn person(id: &str) -> PersonId {
    PersonId::new(id).unwrap()
}

fn ask(id: &str, due: i64) -> RequestMove {
    let (id, assignee, body) = (id.to_owned(), person("legal-1"), format!("please: {id}").into_bytes());
    RequestMove::Open { id, kind: RequestKind::Task, assignee, due: at(due), body }
}

laws! {
    async fn settings_are_json_and_null_removes(store) {
        assert_eq!(store.setting("lang").await.unwrap(), None);
        for value in [json!("zh"), json!({"a": [1, 2.5, "名"]}), json!(false)] {
            store.put_setting("lang", value.clone()).await.unwrap();
            assert_eq!(store.setting("lang").await.unwrap(), Some(value));
        }
        assert_eq!(store.setting("LANG").await.unwrap(), None);
        store.put_setting("lang", Value::Null).await.unwrap();
        assert_eq!(store.setting("lang").await.unwrap(), None);
    }

    async fn keys_are_listed_by_id_and_retired_by_replacing(store) {
        let key = |id: &str, retired| PublicKey {
            id: id.to_owned(), person: person("legal-1"), role: "approve".into(), bytes: vec![7; 32], added: at(1), retired,
        };
        store.put_key(key("b", None)).await.unwrap();
        store.put_key(key("a", None)).await.unwrap();
        store.put_key(key("b", Some(at(9)))).await.unwrap();
        assert_eq!(store.keys().await.unwrap(), [key("a", None), key("b", Some(at(9)))]);
    }

    async fn a_question_is_asked_once_and_closed_for_good(store) {
        let (one, two) = (started(store, 1).await, started(store, 2).await);
        store.append(Append::new(one, 1).request(ask("RET-0001/16.submit/1", 900)).request(ask("x", 300))).await.unwrap();
        store.append(Append::new(two, 1).request(ask("y", 600))).await.unwrap();
        store.append(Append::new(one, 1).request(ask("x", 100))).await.unwrap();
        let ids = async |run| store.open_requests(run).await.unwrap().into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(None).await, ["x", "y", "RET-0001/16.submit/1"], "by due date, and asked twice is once");
        assert_eq!(ids(Some(two)).await, ["y"]);
        let row = store.open_requests(Some(two)).await.unwrap().remove(0);
        assert_eq!((row.run, row.kind, row.assignee), (two, RequestKind::Task, person("legal-1")));
        assert_eq!((row.opened, row.due, row.body), (at(100), at(600), b"please: y".to_vec()));
        let close = |id: &str| RequestMove::Close { id: id.to_owned() };
        store.append(Append::new(one, 1).request(close("x")).request(close("never asked"))).await.unwrap();
        assert_eq!(ids(None).await, ["y", "RET-0001/16.submit/1"]);
        store.append(Append::new(one, 1).request(ask("x", 100)).request(close("x"))).await.unwrap();
        assert_eq!(ids(Some(one)).await, ["RET-0001/16.submit/1"], "a closed question stays closed");
    }
}
