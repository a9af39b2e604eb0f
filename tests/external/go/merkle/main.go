// merkle checks a Daybook log with transparency-dev's formats and merkle modules.
//
//	merkle DIR
//
// DIR has public/, the log's static files; old, an older checkpoint; add-checkpoint, the move from
// it; INDEX.tlog-proof files; and where a witness cosigned, cosigned and witness.vkey.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	tproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

const leafSize = 128

var hasher = rfc6962.DefaultHasher

func read(dir string, name string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, name))
	return string(raw), err
}

// openCheckpoint needs the log's signature and, of those that are given, the cosigner's.
func openCheckpoint(raw string, key note.Verifier, cosigners ...note.Verifier) (*log.Checkpoint, *note.Note, error) {
	checkpoint, rest, opened, err := log.ParseCheckpoint([]byte(raw), key.Name(), key, cosigners...)
	if err != nil {
		return nil, nil, err
	}
	if len(rest) > 0 {
		return nil, nil, fmt.Errorf("a checkpoint with extension lines")
	}
	if len(opened.Sigs) != 1+len(cosigners) {
		return nil, nil, fmt.Errorf("%d signatures hold, not %d", len(opened.Sigs), 1+len(cosigners))
	}
	if len(checkpoint.Hash) != hasher.Size() {
		return nil, nil, fmt.Errorf("a root of %d bytes", len(checkpoint.Hash))
	}
	return checkpoint, opened, nil
}

// bundlePath is C2SP's name of an entry bundle; logs of at most 999 999 999 entries.
func bundlePath(n, width uint64) string {
	name := fmt.Sprintf("%03d", n%1000)
	if n >= 1000 {
		name = fmt.Sprintf("x%03d/%s", n/1000, name)
	}
	if width < 256 {
		name = fmt.Sprintf("%s.p/%d", name, width)
	}
	return "public/tile/entries/" + name
}

func readLeaves(dir string, size uint64) ([][]byte, error) {
	var leaves [][]byte
	for n := uint64(0); n*256 < size; n++ {
		width := min(size-n*256, 256)
		bundle, err := read(dir, bundlePath(n, width))
		if err != nil {
			return nil, err
		}
		if uint64(len(bundle)) != width*(2+leafSize) {
			return nil, fmt.Errorf("%s has %d bytes", bundlePath(n, width), len(bundle))
		}
		for ; len(bundle) > 0; bundle = bundle[2+leafSize:] {
			leaves = append(leaves, []byte(bundle[2:2+leafSize]))
		}
	}
	return leaves, nil
}

// rebuild grows the tree from the leaves and compares it at both sizes.
func rebuild(leaves [][]byte, checkpoints ...*log.Checkpoint) error {
	factory := compact.RangeFactory{Hash: hasher.HashChildren}
	grown := factory.NewEmptyRange(0)
	for i, leaf := range leaves {
		if err := grown.Append(hasher.HashLeaf(leaf), nil); err != nil {
			return err
		}
		for _, checkpoint := range checkpoints {
			if checkpoint.Size != uint64(i+1) {
				continue
			}
			root, err := grown.GetRootHash(nil)
			if err != nil {
				return err
			}
			if !bytes.Equal(root, checkpoint.Hash) {
				return fmt.Errorf("the root of %d entries is %x, the checkpoint says %x", i+1, root, checkpoint.Hash)
			}
		}
	}
	return nil
}

func checkGrowth(dir string, old, now *log.Checkpoint) error {
	body, err := read(dir, "add-checkpoint")
	if err != nil {
		return err
	}
	before, after, _ := strings.Cut(body, "\n\n")
	newest, err := read(dir, "public/checkpoint")
	if err != nil {
		return err
	}
	if after != newest {
		return fmt.Errorf("add-checkpoint has another checkpoint")
	}
	lines := strings.Split(before, "\n")
	if lines[0] != fmt.Sprintf("old %d", old.Size) {
		return fmt.Errorf("add-checkpoint is from %q", lines[0])
	}
	var hashes [][]byte
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil {
			return err
		}
		hashes = append(hashes, hash)
	}
	return proof.VerifyConsistency(hasher, old.Size, now.Size, hashes, old.Hash, now.Hash)
}

// checkProof checks one tlog-proof, with nothing beside it but the key and the leaf.
func checkProof(path string, leaves [][]byte, key note.Verifier) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var file tproof.TLogProof
	if err := file.Unmarshal(raw); err != nil {
		return err
	}
	if !bytes.Equal(file.Marshal(), raw) {
		return fmt.Errorf("a tlog-proof that is written oddly")
	}
	checkpoint, _, err := openCheckpoint(string(file.Checkpoint), key)
	if err != nil {
		return err
	}
	var hashes [][]byte
	for _, hash := range file.Hashes {
		hashes = append(hashes, hash[:])
	}
	if file.Index >= uint64(len(leaves)) {
		return fmt.Errorf("index %d", file.Index)
	}
	return proof.VerifyInclusion(hasher, file.Index, checkpoint.Size, hasher.HashLeaf(leaves[file.Index]), hashes, checkpoint.Hash)
}

// checkCosigned checks what witnesses added to the newest checkpoint: each of witness.vkey, today.
func checkCosigned(dir string, key note.Verifier) (string, error) {
	raw, err := read(dir, "cosigned")
	if os.IsNotExist(err) {
		return "", nil
	}
	vkeys, err := read(dir, "witness.vkey")
	if err != nil {
		return "", err
	}
	var witnesses []note.Verifier
	for _, vkey := range strings.Fields(vkeys) {
		witness, err := fnote.NewVerifierForCosignatureV1(vkey)
		if err != nil {
			return "", err
		}
		witnesses = append(witnesses, witness)
	}
	_, opened, err := openCheckpoint(raw, key, witnesses...)
	if err != nil {
		return "", fmt.Errorf("cosigned: %w", err)
	}
	for _, signature := range opened.Sigs {
		if signature.Name == key.Name() {
			continue
		}
		at, err := fnote.CoSigV1Timestamp(signature)
		if err != nil || time.Since(at).Abs() > time.Hour {
			return "", fmt.Errorf("cosigned at %v", at)
		}
	}
	return fmt.Sprintf(", %d cosignatures", len(witnesses)), nil
}

func check(dir string) error {
	vkey, err := read(dir, "public/log.vkey")
	if err != nil {
		return err
	}
	key, err := note.NewVerifier(strings.TrimSpace(vkey))
	if err != nil {
		return err
	}
	var checkpoints []*log.Checkpoint
	for _, name := range []string{"old", "public/checkpoint"} {
		raw, err := read(dir, name)
		if err != nil {
			return err
		}
		checkpoint, _, err := openCheckpoint(raw, key)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		checkpoints = append(checkpoints, checkpoint)
	}
	old, now := checkpoints[0], checkpoints[1]
	leaves, err := readLeaves(dir, now.Size)
	if err != nil {
		return err
	}
	if err := rebuild(leaves, old, now); err != nil {
		return err
	}
	if err := checkGrowth(dir, old, now); err != nil {
		return fmt.Errorf("growth: %w", err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.tlog-proof"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := checkProof(path, leaves, key); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	cosigned, err := checkCosigned(dir, key)
	if err != nil {
		return err
	}
	fmt.Printf("checkpoints of %d and %d, roots rebuilt, growth, %d tlog-proofs%s\n", old.Size, now.Size,
		len(paths), cosigned)
	return nil
}

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Println("REFUSED", err)
		os.Exit(1)
	}
}
