//! PoET: proof that time has passed, made by sequential work (chapter 04).
