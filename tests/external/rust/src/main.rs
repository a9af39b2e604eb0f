//! Checks the Sigsum proofs of a Daybook log's entries with Mullvad's `sigsum` crate.
//!
//!     daybook-external DIR
//!
//! DIR has `policy` and, for each entry, INDEX.sigsum, the proof; INDEX.message, what was signed (the
//! entry's commitment, in hex); INDEX.writer, the public key that signed it (in hex).

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use sigsum::{Hash, Policy, PublicKey, SigsumSignature};

fn read_hex(path: &Path) -> Result<[u8; 32], Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let text = text.trim();
    let mut bytes = [0; 32];
    if !text.is_ascii() || text.len() != 64 {
        return Err(format!("{}: not 32 bytes in hex", path.display()).into());
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16)?;
    }
    Ok(bytes)
}

fn check_proof(path: &Path, policy: &Policy) -> Result<(), Box<dyn Error>> {
    let proof = SigsumSignature::from_ascii(&fs::read_to_string(path)?)?;
    let message = Hash::from(read_hex(&path.with_extension("message"))?);
    let writer = PublicKey::from(read_hex(&path.with_extension("writer"))?);
    sigsum::verify(&message, &proof, &[writer], policy)?;
    Ok(())
}

fn proofs(dir: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sigsum") {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn check(dir: &Path) -> Result<usize, Box<dyn Error>> {
    let policy = Policy::parse(&fs::read_to_string(dir.join("policy"))?)?;
    let paths = proofs(dir)?;
    for path in &paths {
        check_proof(path, &policy).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if paths.is_empty() {
        return Err("there are no proofs".into());
    }
    Ok(paths.len())
}

fn main() {
    let dir = env::args().nth(1).expect("usage: daybook-external DIR");
    match check(Path::new(&dir)) {
        Ok(count) => println!("{count} entries: leaf, signature, inclusion, tree head, quorum"),
        Err(error) => {
            println!("REFUSED {error}");
            process::exit(1);
        }
    }
}
