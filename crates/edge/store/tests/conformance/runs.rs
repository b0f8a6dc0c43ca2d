//! Runs and their journals.

use namekeep_evidence::{Hash, merkle};
use namekeep_model::RunKind;
use namekeep_store::{Append, Error, MAX_ITEM, NewEntry, RunState};

use crate::{at, entry, laws, name, retirement, started};

laws! {
    async fn a_journal_reads_back_as_it_was_appended(store) {
        let id = started(store, 1).await;
        let odd = NewEntry { kind: "raw".into(), at: at(200), bytes: vec![0, 255, b'\n', 0] };
        let empty = NewEntry { kind: String::new(), at: at(201), bytes: Vec::new() };
        let step = Append::new(id, 1).entry(odd.clone()).entry(empty);
        let appended = store.append(step).await.unwrap();
        let journal = store.load(id).await.unwrap();
        let bytes: Vec<_> = journal.entries.iter().map(|entry| entry.bytes.clone()).collect();
        assert_eq!(bytes, [b"started".to_vec(), odd.bytes, Vec::new()]);
        assert_eq!(journal.entries[1].kind, "raw");
        assert_eq!(journal.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [0, 1, 2]);
        let leaves: Vec<_> = bytes.iter().map(|bytes| merkle::leaf(bytes)).collect();
        assert_eq!(appended.head.root, merkle::root(&leaves));
        assert_eq!(journal.run.head, appended.head);
        assert_eq!(journal.plan, b"plan");
        assert_eq!(journal.run.plan, Hash::of(b"plan"));
        assert_eq!(store.entries(id, 1, 1).await.unwrap(), journal.entries[1..2]);
        assert_eq!(store.entries(id, 3, 9).await.unwrap(), []);
    }

    async fn a_step_on_an_old_journal_writes_nothing(store) {
        let id = started(store, 1).await;
        store.append(Append::new(id, 1).entry(entry("a", 200))).await.unwrap();
        let before = store.load(id).await.unwrap();
        for stale in [0, 1, 3, u64::MAX] {
            let mut step = Append::new(id, stale).entry(entry("b", 300)).state(RunState::Ended);
            step.keep.push(b"raw".to_vec());
            step.plan = Some(b"other plan".to_vec());
            let refused = store.append(step).await.unwrap_err();
            assert!(matches!(refused, Error::Conflict { expected, found: 2, .. } if expected == stale), "{refused:?}");
        }
        assert_eq!(store.load(id).await.unwrap(), before);
        assert_eq!(store.kept(&Hash::of(b"raw")).await.unwrap(), None);
    }

    async fn of_two_writers_who_saw_the_same_journal_one_wins(store) {
        let id = started(store, 1).await;
        let one = store.append(Append::new(id, 1).entry(entry("one", 200)));
        let two = store.append(Append::new(id, 1).entry(entry("two", 200)));
        let (one, two) = tokio::join!(one, two);
        assert!(one.is_ok() != two.is_ok());
        assert_eq!(store.load(id).await.unwrap().entries.len(), 2);
    }

    async fn ids_are_offered_in_order_and_taken_once(store) {
        assert_eq!(store.next_run(RunKind::Retire).await.unwrap(), retirement(1));
        started(store, 1).await;
        started(store, 7).await;
        assert_eq!(store.next_run(RunKind::Retire).await.unwrap(), retirement(8));
        assert_eq!(store.next_run(RunKind::Renew).await.unwrap().number, 1);
        let again = namekeep_store::NewRun {
            id: retirement(7), name: name("example.org"), plan: b"other".to_vec(), entries: vec![], wake_at: None, at: at(1),
        };
        assert!(matches!(store.create_run(again).await, Err(Error::Conflict { .. })));
        assert_eq!(store.load(retirement(7)).await.unwrap().plan, b"plan");
        assert_eq!(store.kept(&Hash::of(b"other")).await.unwrap(), None);
    }

    async fn instants_of_a_journal_never_decrease(store) {
        let id = started(store, 1).await;
        let back = store.append(Append::new(id, 1).entry(entry("back", 40)).entry(entry("on", 150))).await.unwrap();
        assert_eq!(back.at, at(150));
        let back = store.append(Append::new(id, 3).entry(entry("back again", 149))).await.unwrap();
        assert_eq!(back.at, at(150));
        let entries = store.load(id).await.unwrap().entries;
        let seen: Vec<_> = entries.iter().map(|entry| (entry.at, entry.clock)).collect();
        assert_eq!(seen, [(at(100), None), (at(100), Some(at(40))), (at(150), None), (at(150), Some(at(149)))]);
        assert_eq!(store.last_entry_at().await.unwrap(), Some(at(150)));
    }

    async fn an_ended_run_leaves_the_open_ones_and_can_be_read(store) {
        let (one, two) = (started(store, 1).await, started(store, 2).await);
        assert_eq!(store.open_runs().await.unwrap().len(), 2);
        store.append(Append::new(one, 1).entry(entry("end", 200)).state(RunState::Ended)).await.unwrap();
        assert_eq!(store.open_runs().await.unwrap().iter().map(|run| run.id).collect::<Vec<_>>(), [two]);
        assert_eq!(store.load(one).await.unwrap().run.state, RunState::Ended);
        let on_name: Vec<_> = store.runs_of(&name("example.com")).await.unwrap().iter().map(|run| run.id).collect();
        assert_eq!(on_name, [one, two]);
        assert_eq!(store.runs_of(&name("example.org")).await.unwrap(), []);
        assert_eq!(store.run(two).await.unwrap().unwrap().head.size, 1);
        assert_eq!(store.run(retirement(3)).await.unwrap(), None);
    }

    async fn no_run_wakes_early(store) {
        let exact = namekeep_model::Timestamp::from_nanosecond(5_000_000_001).unwrap();
        for (number, wake_at) in [(1, Some(exact)), (2, Some(at(3))), (3, None), (4, Some(at(9)))] {
            let id = started(store, number).await;
            store.append(Append::new(id, 1).state(RunState::Open { wake_at })).await.unwrap();
        }
        let due = async |now, limit| store.due(now, limit).await.unwrap().iter().map(|id| id.number).collect::<Vec<_>>();
        assert_eq!(store.next_wake().await.unwrap(), Some(at(3)));
        assert!(due(at(2), 9).await.is_empty());
        assert_eq!(due(at(3), 9).await, [2]);
        assert_eq!(due(at(5), 9).await, [2], "one nanosecond early is early");
        assert_eq!(due(namekeep_model::Timestamp::from_nanosecond(5_001_000_000).unwrap(), 9).await, [2, 1]);
        assert_eq!(due(at(9), 9).await, [2, 1, 4]);
        assert_eq!(due(at(9), 2).await, [2, 1]);
        store.append(Append::new(retirement(2), 1).state(RunState::Ended)).await.unwrap();
        assert_eq!(due(at(9), 9).await, [1, 4]);
    }

    async fn a_new_plan_leaves_the_old_one_kept(store) {
        let id = started(store, 1).await;
        let mut step = Append::new(id, 1).entry(entry("replanned", 200));
        step.plan = Some(b"plan 2".to_vec());
        store.append(step).await.unwrap();
        let journal = store.load(id).await.unwrap();
        assert_eq!((journal.plan.as_slice(), journal.run.plan), (&b"plan 2"[..], Hash::of(b"plan 2")));
        assert_eq!(store.kept(&Hash::of(b"plan")).await.unwrap().as_deref(), Some(&b"plan"[..]));
    }

    async fn what_is_too_large_is_refused_whole(store) {
        let id = started(store, 1).await;
        let large = NewEntry { kind: "raw".into(), at: at(1), bytes: vec![0; MAX_ITEM + 1] };
        let step = Append::new(id, 1).entry(entry("fine", 200)).entry(large);
        assert!(matches!(store.append(step).await, Err(Error::TooLarge { limit: MAX_ITEM, .. })));
        assert!(matches!(store.keep(vec![0; MAX_ITEM + 1]).await, Err(Error::TooLarge { .. })));
        assert_eq!(store.load(id).await.unwrap().entries.len(), 1);
        assert_eq!(store.keep(vec![1; MAX_ITEM]).await.unwrap(), Hash::of(&vec![1; MAX_ITEM]));
    }

    async fn an_unknown_run_is_named(store) {
        for refused in [
            store.load(retirement(9)).await.map(drop),
            store.append(Append::new(retirement(9), 0)).await.map(drop),
            store.entries(retirement(9), 0, 1).await.map(drop),
        ] {
            assert!(matches!(refused, Err(Error::UnknownRun(id)) if id == retirement(9)));
        }
    }
}
