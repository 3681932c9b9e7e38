//! Activations: their rules, weights and the builder's timeline (chapter 05).
