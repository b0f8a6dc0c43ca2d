//! The workspace log and its checkpoints.

use namekeep_evidence::merkle;
use namekeep_store::{Checkpoint, Error, Head};

use crate::laws;

laws! {
    async fn the_workspace_log_grows_by_whole_steps(store) {
        let leaves: Vec<Vec<u8>> = (0_u8..23).map(|n| vec![n; usize::from(n)]).collect();
        let hashes: Vec<_> = leaves.iter().map(|leaf| merkle::leaf(leaf)).collect();
        assert_eq!(store.log_head().await.unwrap(), Head { size: 0, root: merkle::root(&[]) });
        for cut in leaves.chunks(5).scan(0, |from, part| { let start = *from; *from += part.len(); Some((start, part)) }) {
            let head = store.extend_log(cut.0 as u64, cut.1.to_vec()).await.unwrap();
            let size = cut.0 + cut.1.len();
            assert_eq!(head, Head { size: size as u64, root: merkle::root(&hashes[..size]) });
            assert_eq!(store.log_head().await.unwrap(), head);
        }
        let stale = store.extend_log(22, vec![vec![1]]).await;
        assert!(matches!(stale, Err(Error::Conflict { expected: 22, found: 23, .. })));
        assert_eq!(store.log_leaves(0, 100).await.unwrap(), leaves);
        assert_eq!(store.log_leaves(20, 2).await.unwrap(), leaves[20..22]);
        assert_eq!(store.log_leaves(23, 2).await.unwrap(), Vec::<Vec<u8>>::new());
    }

    async fn the_newest_checkpoint_is_found_and_none_is_ahead_of_the_log(store) {
        let checkpoint = |size: u64| Checkpoint { size, note: format!("acme\n{size}\nroot\n\n— acme sig\n") };
        assert_eq!(store.checkpoint().await.unwrap(), None);
        store.extend_log(0, vec![vec![0]; 10]).await.unwrap();
        for size in [3, 10, 7] {
            store.put_checkpoint(checkpoint(size)).await.unwrap();
        }
        assert!(matches!(store.put_checkpoint(checkpoint(11)).await, Err(Error::Conflict { .. })));
        assert_eq!(store.checkpoint().await.unwrap(), Some(checkpoint(10)));
    }
}
