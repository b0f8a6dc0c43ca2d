//! Draws: numbers that depend on the seed and on what they are for, and on nothing else.
//!
//! There is no generator with a state that wanders from draw to draw: a draw is a hash of the seed
//! and of words such as the name and the purpose. One more name in a world therefore shifts nobody
//! else's fate, and a world saved and loaded draws what it would have drawn.

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection that spreads every bit.
const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Draws 64 bits for the given words under a seed.
pub fn draw(seed: u64, words: &[&str]) -> u64 {
    let mut state = mix(seed);
    for word in words {
        for chunk in word.as_bytes().chunks(8) {
            let mut bytes = [0u8; 8];
            bytes.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            state = mix(state ^ u64::from_le_bytes(bytes));
        }
        // The length closes a word, so that `ab`, `c` and `a`, `bc` are different draws.
        state = mix(state ^ word.len() as u64);
    }
    state
}

/// Draws a number from 0 up to, not including, `n` (0 where `n` is 0).
pub fn below(seed: u64, words: &[&str], n: u64) -> u64 {
    // Multiply and shift: uniform to one part in 2^64 / n.
    ((u128::from(draw(seed, words)) * u128::from(n)) >> 64) as u64
}

/// Draws yes with a chance in thousandths.
pub fn chance(seed: u64, words: &[&str], permille: u16) -> bool {
    below(seed, words, 1000) < u64::from(permille)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_apart() {
        assert_ne!(draw(1, &["ab", "c"]), draw(1, &["a", "bc"]));
        assert_ne!(draw(1, &["a", ""]), draw(1, &["a"]));
        assert_ne!(draw(1, &["a"]), draw(2, &["a"]));
        assert_eq!(draw(7, &["a", "review"]), draw(7, &["a", "review"]));
    }

    #[test]
    fn draws_are_even() {
        let mut counts = [0u32; 10];
        for seed in 0..10_000 {
            counts[below(seed, &["name.example", "review"], 10) as usize] += 1;
        }
        assert!(counts.iter().all(|&n| (850..1150).contains(&n)), "{counts:?}");
        let yes = (0..10_000).filter(|&seed| chance(seed, &["x"], 100)).count();
        assert!((850..1150).contains(&yes), "{yes}");
        assert_eq!(below(1, &["x"], 0), 0);
        assert!(!chance(1, &["x"], 0) && chance(1, &["x"], 1000));
    }
}
