//! The store in memory fails when it is told to, the two ways a crash can come.
#![expect(clippy::unwrap_used, reason = "tests")]

use namekeep_model::WorkspaceId;
use namekeep_store::{Fault, MemoryStore, Store};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn a_fault_strikes_once_at_its_write_and_is_told_from_its_opposite() {
    block_on(async {
        for (fault, written) in [(Fault::Lost, false), (Fault::Unacknowledged, true)] {
            let store = MemoryStore::new(WorkspaceId::new("acme").unwrap());
            store.fail_after(2, fault);
            for (n, fine) in [(0, true), (1, true), (2, false), (3, true)] {
                let put = store.put_setting(&n.to_string(), true.into()).await;
                assert_eq!(put.is_ok(), fine, "{fault:?} at write {n}");
                assert_eq!(store.setting(&n.to_string()).await.unwrap().is_some(), fine || written);
            }
        }
    });
}
