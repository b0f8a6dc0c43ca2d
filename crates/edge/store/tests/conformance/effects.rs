//! Effects: what keeps an act from happening twice.

use namekeep_evidence::Hash;
use namekeep_model::{EffectId, RunId};
use namekeep_store::{Append, EffectMove, EffectState, Error, Settled, Store};

use crate::{at, entry, laws, started};

fn id(run: RunId, action: &str, attempt: u16) -> EffectId {
    EffectId { run, action: action.parse().unwrap(), attempt }
}

fn intend(id: EffectId) -> EffectMove {
    EffectMove::Intend { id, request: Hash::of(b"request"), deadline: at(500), once: false }
}

fn intend_once(id: EffectId) -> EffectMove {
    EffectMove::Intend { id, request: Hash::of(b"request"), deadline: at(500), once: true }
}

/// Appends one step with one effect to a run whose journal has any length.
async fn step<S: Store>(store: &S, effect: EffectMove) -> namekeep_store::Result<()> {
    let run = effect.id().run;
    let seen = store.run(run).await.unwrap().unwrap().head.size;
    store.append(Append::new(run, seen).entry(entry("effect", 200)).effect(effect)).await.map(drop)
}

fn refused(outcome: namekeep_store::Result<()>) -> bool {
    matches!(outcome, Err(Error::EffectRefused { .. }))
}

laws! {
    async fn an_intent_and_its_outcome_are_one_commit_each(store) {
        let run = started(store, 1).await;
        let effect = id(run, "21.auto-renew-off", 1);
        let before = store.counts().commits;
        step(store, intend(effect.clone())).await.unwrap();
        assert_eq!(store.counts().commits, before + 1);
        let open = store.unsettled(None).await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!((&open[0].id, open[0].state, open[0].deadline), (&effect, EffectState::Intent, at(500)));
        assert_eq!(open[0].request, Hash::of(b"request"));
        step(store, EffectMove::Settle { id: effect, outcome: Settled::Done }).await.unwrap();
        assert_eq!(store.counts().commits, before + 2);
        assert_eq!(store.unsettled(None).await.unwrap(), []);
    }

    async fn a_second_attempt_needs_proof_that_the_first_did_nothing(store) {
        let run = started(store, 1).await;
        let attempt = |n| id(run, "19.ttl-down", n);
        let settle = |n, outcome| EffectMove::Settle { id: attempt(n), outcome };
        assert!(refused(step(store, intend(attempt(2))).await), "the first is number 1");
        step(store, intend(attempt(1))).await.unwrap();
        for n in [1, 2] {
            assert!(refused(step(store, intend(attempt(n))).await), "an intent is open");
        }
        step(store, settle(1, Settled::Unknown)).await.unwrap();
        assert_eq!(store.unsettled(Some(run)).await.unwrap()[0].state, EffectState::Unknown);
        assert!(refused(step(store, intend(attempt(2))).await), "nobody knows yet");
        step(store, settle(1, Settled::Unknown)).await.unwrap();
        step(store, settle(1, Settled::NotDone)).await.unwrap();
        for n in [1, 3] {
            assert!(refused(step(store, intend(attempt(n))).await), "numbers have no gaps and do not repeat");
        }
        step(store, intend(attempt(2))).await.unwrap();
        step(store, settle(2, Settled::Done)).await.unwrap();
        for effect in [settle(2, Settled::NotDone), settle(1, Settled::Done), settle(3, Settled::Done)] {
            assert!(refused(step(store, effect).await), "done is done");
        }
    }

    async fn what_happens_once_is_never_intended_again(store) {
        let run = started(store, 1).await;
        let attempt = |n| id(run, "21.delete", n);
        let settle = |n, outcome| EffectMove::Settle { id: attempt(n), outcome };
        step(store, intend_once(attempt(1))).await.unwrap();
        step(store, settle(1, Settled::NotDone)).await.unwrap();
        step(store, intend_once(attempt(2))).await.unwrap();
        step(store, settle(2, Settled::Done)).await.unwrap();
        assert!(refused(step(store, intend_once(attempt(3))).await), "it took effect");
        let both = Append::new(run, store.run(run).await.unwrap().unwrap().head.size)
            .effect(intend_once(id(run, "21.transfer", 1)))
            .effect(EffectMove::Settle { id: id(run, "21.transfer", 1), outcome: Settled::Done })
            .effect(intend_once(id(run, "21.transfer", 2)));
        assert!(refused(store.append(both).await.map(drop)), "in one commit as in two");
        // A switch can be found turned, and is set again.
        let switch = |n| id(run, "21.auto-renew-off", n);
        step(store, intend(switch(1))).await.unwrap();
        step(store, EffectMove::Settle { id: switch(1), outcome: Settled::Done }).await.unwrap();
        step(store, intend(switch(2))).await.unwrap();
    }

    async fn a_refused_effect_takes_its_entries_with_it(store) {
        let run = started(store, 1).await;
        let effect = id(run, "21.delete", 1);
        step(store, intend(effect.clone())).await.unwrap();
        let before = store.load(run).await.unwrap();
        assert!(refused(step(store, intend(effect)).await));
        let other = started(store, 2).await;
        let foreign = Append::new(run, before.run.head.size).entry(entry("x", 300)).effect(intend(id(other, "1.a", 1)));
        assert!(refused(store.append(foreign).await.map(drop)));
        assert_eq!(store.load(run).await.unwrap(), before);
    }

    async fn a_step_may_settle_and_intend_again(store) {
        let run = started(store, 1).await;
        let (one, two) = (id(run, "19.park", 1), id(run, "19.park", 2));
        let step = Append::new(run, 1)
            .effect(intend(one.clone()))
            .effect(EffectMove::Settle { id: one, outcome: Settled::NotDone })
            .effect(intend(two.clone()));
        store.append(step).await.unwrap();
        let open: Vec<_> = store.unsettled(None).await.unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(open, [two]);
    }

    async fn runs_and_actions_do_not_stand_in_each_others_way(store) {
        let (one, two) = (started(store, 1).await, started(store, 2).await);
        for effect in [id(one, "19.park", 1), id(one, "19.ttl-down", 1), id(two, "19.park", 1)] {
            step(store, intend(effect)).await.unwrap();
        }
        assert_eq!(store.unsettled(None).await.unwrap().len(), 3);
        assert_eq!(store.unsettled(Some(two)).await.unwrap().len(), 1);
    }
}
