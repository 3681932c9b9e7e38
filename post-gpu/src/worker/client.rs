//! The parent: starts the child, sends requests, notices its death and starts another one.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::PROTOCOL;
use super::protocol::{
    Failure, FromChild, FromChildBody, Hello, Reply, Request, Steer, ToChild, ToChildBody,
    WorkerEvent, read_line, to_line,
};

/// Last bytes of the child's error stream that are kept for the message about its death.
const LAST_WORDS: usize = 4096;

/// Makes the command that starts a child.
type Start = Box<dyn Fn() -> Command + Send + Sync>;

/// Runs operations in a child process, one at a time.
pub struct Client {
    start: Start,
    /// Only `call` takes it, for as long as an operation runs; `link` may be taken meanwhile.
    session: Mutex<Option<Session>>,
    link: Arc<Mutex<Link>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// A child that answers.
struct Session {
    child: Arc<Mutex<Child>>,
    output: BufReader<ChildStdout>,
    last_words: Arc<Mutex<VecDeque<u8>>>,
    listener: Option<thread::JoinHandle<()>>,
}

/// What steering needs; nothing else is locked while it is held.
#[derive(Default)]
struct Link {
    id: u64,
    input: Option<ChildStdin>,
    child: Option<Arc<Mutex<Child>>>,
    /// Steering of the present operation, repeated to a child that takes over.
    steered: Vec<Steer>,
    /// The person cancelled: a dead child is not replaced.
    cancelled: bool,
}

impl Link {
    fn send(&mut self, body: ToChildBody) -> io::Result<()> {
        let line = to_line(&ToChild { id: self.id, body })?;
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(&line)?;
        input.flush()
    }
}

/// Steers the operation that a [`Client`] runs, from any thread.
#[derive(Clone)]
pub struct Steering {
    link: Arc<Mutex<Link>>,
}

impl fmt::Debug for Steering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steering").finish_non_exhaustive()
    }
}

impl Steering {
    /// Tells the running operation. Without one, or when the child is just dying, nothing happens: a child that takes over is told again.
    pub fn tell(&self, steer: Steer) {
        let mut link = lock(&self.link);
        link.cancelled |= matches!(steer, Steer::Cancel);
        link.steered.push(steer.clone());
        // A broken pipe is seen by the one who reads the answers.
        let _ = link.send(ToChildBody::Control(steer));
    }

    /// Kills the child, as a crash of a driver would.
    pub fn kill(&self) {
        let child = lock(&self.link).child.clone();
        if let Some(child) = child {
            // Fails only when it has ended already.
            let _ = lock(&child).kill();
        }
    }
}

impl Client {
    /// `start` makes the command whose process calls [`super::serve`] on its standard streams.
    pub fn new(start: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        Self {
            start: Box::new(start),
            session: Mutex::new(None),
            link: Arc::default(),
        }
    }

    /// For steering what [`Self::call`] runs.
    pub fn steering(&self) -> Steering {
        Steering {
            link: Arc::clone(&self.link),
        }
    }

    /// Runs an operation and waits for its end. `events` is called on this thread.
    ///
    /// # Errors
    /// [`WorkerError::Died`] when the child ended in the middle: what it had recorded is on disk, and the same call goes on from there.
    pub fn call(
        &self,
        request: &Request,
        events: &mut dyn FnMut(WorkerEvent),
    ) -> Result<Reply, WorkerError> {
        let mut session = lock(&self.session);
        {
            let mut link = lock(&self.link);
            link.steered.clear();
            link.cancelled = false;
        }
        self.attempt(&mut session, request, events)
    }

    /// As [`Self::call`], but a child that dies is replaced up to `restarts` times in a row without a sign of progress in between, and the
    /// operation goes on. Each replacement is an event.
    ///
    /// # Errors
    /// As [`Self::call`], with the last death.
    pub fn call_restarting(
        &self,
        request: &Request,
        restarts: u32,
        events: &mut dyn FnMut(WorkerEvent),
    ) -> Result<Reply, WorkerError> {
        let mut session = lock(&self.session);
        {
            let mut link = lock(&self.link);
            link.steered.clear();
            link.cancelled = false;
        }
        let mut left = restarts;
        loop {
            let mut progressed = false;
            let result = self.attempt(&mut session, request, &mut |event| {
                progressed |= is_progress(&event);
                events(event);
            });
            let Err(WorkerError::Died { status, last_words }) = result else {
                return result;
            };
            if progressed {
                left = restarts;
            }
            if left == 0 || lock(&self.link).cancelled {
                return Err(WorkerError::Died { status, last_words });
            }
            left -= 1;
            events(WorkerEvent::Restarted {
                reason: format!(
                    "{status}{}{last_words}",
                    if last_words.is_empty() { "" } else { ": " }
                ),
            });
        }
    }

    fn attempt(
        &self,
        session: &mut Option<Session>,
        request: &Request,
        events: &mut dyn FnMut(WorkerEvent),
    ) -> Result<Reply, WorkerError> {
        let mut live = match session.take() {
            Some(live) => live,
            None => self.spawn()?,
        };
        let id = {
            let mut link = lock(&self.link);
            link.id += 1;
            match link.send(ToChildBody::Request(Box::new(request.clone()))) {
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    *session = Some(live);
                    return Err(WorkerError::Io(error));
                }
                // A child that is gone is noticed below, with the reason.
                Ok(()) | Err(_) => {}
            }
            for steer in link.steered.clone() {
                let _ = link.send(ToChildBody::Control(steer));
            }
            link.id
        };
        loop {
            let Some(line) = read_line(&mut live.output).map_err(WorkerError::Io)? else {
                return Err(self.bury(live));
            };
            let message: FromChild =
                serde_json::from_slice(&line).map_err(|error| WorkerError::Protocol {
                    reason: error.to_string(),
                })?;
            if message.id != id {
                continue;
            }
            match message.body {
                FromChildBody::Event(event) => events(*event),
                FromChildBody::Reply(reply) => {
                    *session = Some(live);
                    return Ok(*reply);
                }
                FromChildBody::Failure(failure) => {
                    *session = Some(live);
                    return Err(WorkerError::Failed(failure));
                }
            }
        }
    }

    fn spawn(&self) -> Result<Session, WorkerError> {
        let mut command = (self.start)();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .spawn()
            .map_err(|source| WorkerError::Start { program, source })?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            unreachable!("all three streams were asked for");
        };
        let last_words = Arc::new(Mutex::new(VecDeque::new()));
        let words = Arc::clone(&last_words);
        let listener = thread::spawn(move || listen(errors, &words));
        let child = Arc::new(Mutex::new(child));
        {
            let mut link = lock(&self.link);
            link.input = Some(input);
            link.child = Some(Arc::clone(&child));
        }
        let mut session = Session {
            child,
            output: BufReader::new(output),
            last_words,
            listener: Some(listener),
        };
        let Some(hello) = read_line(&mut session.output).map_err(WorkerError::Io)? else {
            return Err(self.bury(session));
        };
        let hello: Hello =
            serde_json::from_slice(&hello).map_err(|error| WorkerError::Protocol {
                reason: error.to_string(),
            })?;
        if hello.hello.protocol != PROTOCOL {
            let reason = format!(
                "it speaks version {}, expected {PROTOCOL}",
                hello.hello.protocol
            );
            return Err(WorkerError::Protocol { reason });
        }
        Ok(session)
    }

    /// Collects what a dead child leaves.
    fn bury(&self, mut session: Session) -> WorkerError {
        lock(&self.link).input = None;
        let mut child = lock(&session.child);
        // It closed its output: it has ended or is of no use.
        let _ = child.kill();
        let status = child
            .wait()
            .map_or_else(|error| error.to_string(), |status| status.to_string());
        drop(child);
        if let Some(listener) = session.listener.take() {
            let _ = listener.join();
        }
        let words: Vec<u8> = lock(&session.last_words).iter().copied().collect();
        WorkerError::Died {
            status,
            last_words: String::from_utf8_lossy(&words).trim().to_owned(),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Its input may be held by a `Steering` elsewhere: do not wait for the child to notice.
        let mut child = lock(&self.child);
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// A batch on disk, labels checked, bytes read: the operation is further than before.
const fn is_progress(event: &WorkerEvent) -> bool {
    matches!(
        event,
        WorkerEvent::Init(crate::init::InitEvent::Batch { .. })
            | WorkerEvent::Verify(_)
            | WorkerEvent::Prove(super::ProveEvent::Reading { .. })
    )
}

fn listen(mut errors: impl Read, words: &Mutex<VecDeque<u8>>) {
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = errors.read(&mut buffer) {
        let mut words = lock(words);
        words.extend(&buffer[..read]);
        let surplus = words.len().saturating_sub(LAST_WORDS);
        words.drain(..surplus);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why an operation in a child gave nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The child cannot be started.
    #[error("cannot start {program}; reinstall the program")]
    Start {
        /// The executable.
        program: String,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The child ended in the middle of the operation.
    #[error(
        "the worker process ended ({status}); nothing recorded is lost, start the operation again to go on. {last_words}"
    )]
    Died {
        /// Exit code or signal.
        status: String,
        /// End of its error stream.
        last_words: String,
    },
    /// The operation failed.
    #[error(transparent)]
    Failed(Failure),
    /// The child speaks another language.
    #[error("the worker process is of another version: {reason}; reinstall the program")]
    Protocol {
        /// What was unexpected.
        reason: String,
    },
    /// A stream failed.
    #[error("cannot talk to the worker process")]
    Io(#[source] io::Error),
}
