//! Codes of refusals and their HTTP statuses (04 §7.6).

use super::ErrorMessage;

/// gRPC codes that a service answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// The caller went away.
    Canceled = 1,
    /// The request is malformed.
    InvalidArgument = 3,
    /// There is no such thing.
    NotFound = 5,
    /// It is there and differs.
    AlreadyExists = 6,
    /// Not offered to this caller, now or later.
    PermissionDenied = 7,
    /// Try again.
    ResourceExhausted = 8,
    /// Too late.
    FailedPrecondition = 9,
    /// No such method.
    Unimplemented = 12,
    /// The service failed.
    Internal = 13,
    /// The service is stopping.
    Unavailable = 14,
    /// The certificate is not accepted.
    Unauthenticated = 16,
}

impl Code {
    /// The number on the wire.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The HTTP status that stands for it.
    pub const fn http(self) -> u16 {
        match self {
            Self::Canceled => 499,
            Self::InvalidArgument | Self::FailedPrecondition => 400,
            Self::NotFound => 404,
            Self::AlreadyExists => 409,
            Self::PermissionDenied => 403,
            Self::ResourceExhausted => 429,
            Self::Unimplemented => 501,
            Self::Internal => 500,
            Self::Unavailable => 503,
            Self::Unauthenticated => 401,
        }
    }
}

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What kind.
    pub code: Code,
    /// What is wrong, for the log of who asked.
    pub message: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// The body of the answer.
    pub fn body(&self) -> ErrorMessage {
        ErrorMessage {
            code: self.code.number().into(),
            message: self.message.clone(),
            details: Vec::new(),
        }
    }
}
