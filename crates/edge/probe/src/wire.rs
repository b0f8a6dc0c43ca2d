//! The one door to the network: every byte a probe sends or receives goes through here.
//!
//! A [`Wire`] holds the policy, the limits and the pace; a [`Session`] is one look over it, with a
//! budget of questions and a tape of what was said. Sockets take a [`Cleared`] address only, so
//! nothing is dialled that the policy has not seen. Deadlines use the runtime's clock; the instants
//! on the tape are counted from the `now` the caller gave.
//!
//! It does not know any protocol beyond where an answer ends.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use namekeep_model::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::error::ProbeError;
use crate::policy::{Cleared, DialPolicy};
use crate::tape::{Exchange, Player, Tape, Via};
use crate::tls::trust::Roots;
use crate::{http, tls};

/// Bounds in time and size. No reference: chosen so that one dead server delays a look by seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// One datagram and its answer.
    pub datagram: Duration,
    /// How often a datagram is sent before the server counts as silent.
    pub tries: u32,
    /// A connection from SYN to the last byte, for DNS over TCP.
    pub stream: Duration,
    /// A fetch by RDAP or WHOIS, from SYN to the last byte.
    pub fetch: Duration,
    /// A TCP connection and a TLS handshake.
    pub handshake: Duration,
    /// Questions in one look.
    pub questions: u32,
    /// Bytes on the tape of one look.
    pub tape: usize,
    /// Exchanges in flight at once, over all looks.
    pub parallel: usize,
    /// Pause between two WHOIS questions to one server.
    pub whois_pace: Duration,
    /// Pause between two RDAP questions to one server.
    pub rdap_pace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            datagram: Duration::from_secs(2),
            tries: 2,
            stream: Duration::from_secs(5),
            fetch: Duration::from_secs(20),
            handshake: Duration::from_secs(10),
            questions: 256,
            tape: 32 << 20,
            parallel: 64,
            whois_pace: Duration::from_secs(1),
            rdap_pace: Duration::from_millis(200),
        }
    }
}

/// Where an answer ends that has no length of its own in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// At the end of the connection.
    AtClose,
    /// Where HTTP says so (RFC 9112 section 6).
    AsHttpSays,
}

/// One exchange to be made.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) via: Via,
    pub(crate) to: Cleared,
    /// The name for TLS.
    pub(crate) name: Option<&'a str>,
    pub(crate) send: &'a [u8],
    pub(crate) ends: Ends,
    pub(crate) limit: usize,
    pub(crate) pace: Duration,
}

#[derive(Debug)]
enum Mode {
    Live,
    Replay(Mutex<Player>),
}

/// The network as the probes see it.
#[derive(Debug)]
pub struct Wire {
    pub(crate) policy: DialPolicy,
    pub(crate) limits: Limits,
    pub(crate) resolvers: Vec<SocketAddr>,
    pub(crate) dns_port: u16,
    pub(crate) roots: Arc<Roots>,
    mode: Mode,
    now: Timestamp,
    started: Mutex<Option<Instant>>,
    permits: Semaphore,
    turns: Mutex<BTreeMap<SocketAddr, Instant>>,
}

impl Wire {
    /// Opens the network at the instant `now`, with the resolvers to ask.
    pub fn new(policy: DialPolicy, limits: Limits, resolvers: Vec<SocketAddr>, now: Timestamp) -> Self {
        Self {
            policy,
            resolvers,
            dns_port: 53,
            roots: Arc::new(Roots::public()),
            mode: Mode::Live,
            now,
            started: Mutex::new(None),
            permits: Semaphore::new(limits.parallel.clamp(1, 1024)),
            turns: Mutex::new(BTreeMap::new()),
            limits,
        }
    }

    /// Asks name servers on another port than 53.
    pub const fn with_dns_port(mut self, port: u16) -> Self {
        self.dns_port = port;
        self
    }

    /// Trusts other certificate authorities than the public ones.
    pub fn with_roots(mut self, roots: Roots) -> Self {
        self.roots = Arc::new(roots);
        self
    }

    /// Plays a tape instead of opening sockets.
    pub fn replaying(mut self, tape: Tape) -> Self {
        self.mode = Mode::Replay(Mutex::new(Player::new(tape)));
        self
    }

    /// Begins a look.
    pub(crate) fn session(&self) -> Session<'_> {
        Session { wire: self, log: Mutex::new(Log::default()) }
    }

    fn start(&self) -> Instant {
        *lock(&self.started).get_or_insert_with(Instant::now)
    }

    /// Waits for the server's turn.
    async fn turn(&self, to: SocketAddr, pace: Duration) {
        if pace.is_zero() {
            return;
        }
        let now = Instant::now();
        let turn = {
            let mut turns = lock(&self.turns);
            if turns.len() > 4096 {
                turns.retain(|_, next| *next > now);
            }
            let next = turns.entry(to).or_insert(now);
            let turn = (*next).max(now);
            *next = turn + pace;
            turn
        };
        sleep_until(turn).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Default)]
struct Log {
    asked: u32,
    size: usize,
    tape: Tape,
}

/// One look: a budget and a tape over a [`Wire`].
#[derive(Debug)]
pub(crate) struct Session<'w> {
    pub(crate) wire: &'w Wire,
    log: Mutex<Log>,
}

impl Session<'_> {
    /// Ends the look and hands over what was said.
    pub(crate) fn into_tape(self) -> Tape {
        self.log.into_inner().unwrap_or_else(PoisonError::into_inner).tape
    }

    /// Makes one exchange, within the budget, and keeps it.
    pub(crate) async fn exchange(&self, call: Call<'_>) -> Result<Vec<u8>, ProbeError> {
        let limits = &self.wire.limits;
        {
            let mut log = lock(&self.log);
            if log.asked >= limits.questions {
                return Err(ProbeError::BudgetSpent { limit: limits.questions });
            }
            if log.size > limits.tape {
                return Err(ProbeError::TooLarge { limit: limits.tape });
            }
            log.asked += 1;
        }
        let to = call.to.address();
        if let Mode::Replay(player) = &self.wire.mode {
            let got = lock(player).next(call.via, to, call.name, call.send);
            // A replayed answer is evidence as the recorded one was.
            let (name, sent) = (call.name.map(str::to_owned), call.send.to_vec());
            let exchange = Exchange { at: self.wire.now, millis: 0, via: call.via, to, name, sent, got: got.clone() };
            lock(&self.log).tape.exchanges.push(exchange);
            return got;
        }
        let started = self.wire.start();
        self.wire.turn(to, call.pace).await;
        let Ok(_permit) = self.wire.permits.acquire().await else {
            return Err(ProbeError::Socket { why: "closed".to_owned() });
        };
        let begun = Instant::now();
        let got = self.live(&call).await;
        let at = jiff_after(self.wire.now, begun.duration_since(started));
        let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let name = call.name.map(str::to_owned);
        let mut log = lock(&self.log);
        log.size += call.send.len() + got.as_ref().map_or(0, Vec::len);
        log.tape.exchanges.push(Exchange {
            at,
            millis,
            via: call.via,
            to,
            name,
            sent: call.send.to_vec(),
            got: got.clone(),
        });
        got
    }

    async fn live(&self, call: &Call<'_>) -> Result<Vec<u8>, ProbeError> {
        let limits = &self.wire.limits;
        let within = match call.via {
            Via::Udp => return self.datagram(call).await,
            Via::DnsTcp => limits.stream,
            Via::Tcp | Via::Tls => limits.fetch,
            Via::Handshake => limits.handshake,
        };
        let talk = async {
            let stream = connect(call.to).await?;
            match call.via {
                Via::DnsTcp => dns_stream(stream, call.send).await,
                Via::Tls => {
                    let name = call.name.unwrap_or_default();
                    let stream = tls::connect(stream, name, &self.wire.roots, self.wire.now).await?;
                    speak(stream, call).await
                }
                Via::Handshake => tls::shake(stream, call.name.unwrap_or_default()).await,
                Via::Tcp | Via::Udp => speak(stream, call).await,
            }
        };
        timeout(within, talk).await.unwrap_or_else(|_| Err(timed_out(within)))
    }

    /// Sends a DNS message and waits for the answer to exactly this question from exactly there.
    async fn datagram(&self, call: &Call<'_>) -> Result<Vec<u8>, ProbeError> {
        /// Datagrams that are no answer to the question before the try is given up: a flood of
        /// forged answers must not keep the look busy.
        const STRAYS: u32 = 64;
        let limits = &self.wire.limits;
        let to = call.to.address();
        let any: SocketAddr = match to.ip() {
            IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let mut last = timed_out(limits.datagram * limits.tries.max(1));
        for _ in 0..limits.tries.max(1) {
            // A new socket for each try: a new random port beside the new random id (RFC 5452).
            let socket = UdpSocket::bind(any).await.map_err(|e| ProbeError::from_io(&e))?;
            socket.connect(to).await.map_err(|e| ProbeError::from_io(&e))?;
            let (message, id) = with_random_id(call.send)?;
            let until = Instant::now() + limits.datagram;
            let receive = async {
                socket.send(&message).await.map_err(|e| ProbeError::from_io(&e))?;
                let mut buffer = vec![0; usize::from(u16::MAX)];
                for _ in 0..STRAYS {
                    let length = socket.recv(&mut buffer).await.map_err(|e| ProbeError::from_io(&e))?;
                    let got = buffer.get(..length).unwrap_or_default();
                    if got.get(..2) == Some(&id) && crate::dns::message::answers(got, call.send) {
                        let mut got = got.to_vec();
                        clear_id(&mut got);
                        return Ok(got);
                    }
                }
                Err(ProbeError::malformed("DNS answer", "a flood of answers to other questions"))
            };
            match timeout_at(until, receive).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => last = error,
                Err(_) => last = timed_out(limits.datagram * limits.tries.max(1)),
            }
        }
        Err(last)
    }
}

fn timed_out(after: Duration) -> ProbeError {
    ProbeError::TimedOut { millis: u64::try_from(after.as_millis()).unwrap_or(u64::MAX) }
}

fn jiff_after(now: Timestamp, elapsed: Duration) -> Timestamp {
    now.checked_add(elapsed).unwrap_or(now)
}

async fn connect(to: Cleared) -> Result<TcpStream, ProbeError> {
    let stream = TcpStream::connect(to.address()).await.map_err(|e| ProbeError::from_io(&e))?;
    // Small questions must not wait for Nagle; failing to say so only costs time.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// Gives a DNS message an unpredictable id (RFC 5452 section 9.2).
fn with_random_id(message: &[u8]) -> Result<(Vec<u8>, [u8; 2]), ProbeError> {
    let mut id = [0; 2];
    tls::provider()
        .secure_random
        .fill(&mut id)
        .map_err(|_| ProbeError::Socket { why: "no random numbers".to_owned() })?;
    let mut message = message.to_vec();
    for (byte, random) in message.iter_mut().zip(id) {
        *byte = random;
    }
    Ok((message, id))
}

fn clear_id(message: &mut [u8]) {
    for byte in message.iter_mut().take(2) {
        *byte = 0;
    }
}

/// Asks over TCP, with the two-byte length of RFC 1035 section 4.2.2.
async fn dns_stream(mut stream: TcpStream, send: &[u8]) -> Result<Vec<u8>, ProbeError> {
    let io = |e: std::io::Error| ProbeError::from_io(&e);
    let (message, id) = with_random_id(send)?;
    let length = u16::try_from(message.len()).map_err(|_| ProbeError::malformed("DNS question", "too long"))?;
    let framed: Vec<u8> = length.to_be_bytes().into_iter().chain(message).collect();
    stream.write_all(&framed).await.map_err(io)?;
    let mut length = [0; 2];
    stream.read_exact(&mut length).await.map_err(io)?;
    let mut got = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut got).await.map_err(io)?;
    if got.get(..2) != Some(&id) || !crate::dns::message::answers(&got, send) {
        return Err(ProbeError::malformed("DNS answer", "it answers another question"));
    }
    clear_id(&mut got);
    Ok(got)
}

/// Sends bytes and reads the answer to its end, or to the limit.
async fn speak<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, call: &Call<'_>) -> Result<Vec<u8>, ProbeError> {
    stream.write_all(call.send).await.map_err(|e| ProbeError::from_io(&e))?;
    stream.flush().await.map_err(|e| ProbeError::from_io(&e))?;
    let mut framing = http::Framing::default();
    let mut got = Vec::new();
    let mut chunk = vec![0; 16 << 10];
    loop {
        let read = match stream.read(&mut chunk).await {
            Ok(read) => read,
            // A server that closes without close_notify, or resets after its last byte, has
            // answered; whether the answer is whole is judged by its framing.
            Err(_) if !got.is_empty() => 0,
            Err(error) => return Err(ProbeError::from_io(&error)),
        };
        got.extend_from_slice(chunk.get(..read).unwrap_or_default());
        if got.len() > call.limit {
            return Err(ProbeError::TooLarge { limit: call.limit });
        }
        match call.ends {
            Ends::AtClose if read == 0 => return Ok(got),
            Ends::AtClose => {}
            Ends::AsHttpSays if framing.feed(&got)? => return Ok(got),
            Ends::AsHttpSays if read > 0 => {}
            Ends::AsHttpSays => return if framing.ends_at_close() { Ok(got) } else { Err(ProbeError::Closed) },
        }
    }
}

/// Runs all futures side by side on this task and gives their outputs in order.
pub(crate) async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    side_by_side(usize::MAX, futures).await
}

/// Runs futures side by side on this task, at most so many at once, and gives their outputs in
/// order. Looks at many names go through here.
pub async fn side_by_side<F: Future>(most: usize, futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut waiting = futures.into_iter().enumerate().fuse();
    let mut running: Vec<(usize, Pin<Box<F>>)> = Vec::new();
    let mut done: Vec<(usize, F::Output)> = Vec::new();
    std::future::poll_fn(|context| {
        loop {
            let room = most.max(1).saturating_sub(running.len());
            running.extend(waiting.by_ref().take(room).map(|(index, future)| (index, Box::pin(future))));
            let before = running.len();
            running.retain_mut(|(index, future)| match future.as_mut().poll(context) {
                Poll::Ready(output) => {
                    done.push((*index, output));
                    false
                }
                Poll::Pending => true,
            });
            // Room that came free is filled at once: a future never polled would never wake us.
            match (running.is_empty(), running.len() < before) {
                (true, false) => return Poll::Ready(()),
                (_, true) => {}
                (false, false) => return Poll::Pending,
            }
        }
    })
    .await;
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, output)| output).collect()
}

/// Runs a look on this thread, for callers without a runtime of their own.
pub fn block_on<F: Future>(future: F) -> Result<F::Output, ProbeError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map(|runtime| runtime.block_on(future)).map_err(|error| ProbeError::from_io(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_come_in_order_and_no_more_than_asked_run_at_once() {
        use std::cell::Cell;
        for most in [1, 3, 64] {
            let (now, peak) = (Cell::new(0_usize), Cell::new(0_usize));
            let outputs = block_on(side_by_side(
                most,
                (0..20_u64).map(async |n| {
                    now.set(now.get() + 1);
                    peak.set(peak.get().max(now.get()));
                    tokio::time::sleep(Duration::from_millis(n * 7 % 5)).await;
                    now.set(now.get() - 1);
                    n
                }),
            ));
            assert_eq!(outputs, Ok((0..20).collect()));
            assert_eq!(peak.get(), most.min(20));
        }
        assert_eq!(block_on(side_by_side(4, Vec::<std::future::Ready<()>>::new())), Ok(Vec::new()));
    }
}
