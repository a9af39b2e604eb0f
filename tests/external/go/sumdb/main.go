// sumdb checks a Daybook log with golang.org/x/mod's sumdb packages alone.
//
//	sumdb DIR [STEP]
//
// DIR has public/, the log's static files, and add-checkpoint, the move from an older checkpoint.
// Every STEP-th entry (1) is read through tlog.TileHashReader, one by one: a tile is only known to be
// right where the hash that is asked for lies in it.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height   = 8
	leafSize = 128
)

// tiles reads public/tile; C2SP's paths leave out the height, which is always 8.
type tiles struct{ root string }

func (t tiles) Height() int                         { return height }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(wanted))
	for i, tile := range wanted {
		bytes, err := os.ReadFile(filepath.Join(t.root, c2sp(tile)))
		if err != nil {
			return nil, err
		}
		read[i] = bytes
	}
	return read, nil
}

func c2sp(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

// openCheckpoint opens the note and reads its three lines, which must be exactly as they are written.
func openCheckpoint(raw []byte, key note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(raw, note.VerifierList(key))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", key.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	if fmt.Sprintf("%s\n%d\n%s\n", lines[0], size, root) != opened.Text {
		return tlog.Tree{}, fmt.Errorf("a checkpoint that is written oddly")
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// entry reads a leaf from its bundle.
func entry(root string, tree tlog.Tree, n int64) ([]byte, error) {
	width := min(tree.N-n/256*256, 256)
	tile := tlog.Tile{H: height, L: 0, N: n / 256, W: int(width)}
	path := strings.Replace(c2sp(tile), "tile/0/", "tile/entries/", 1)
	bundle, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		return nil, err
	}
	if len(bundle) != int(width)*(2+leafSize) {
		return nil, fmt.Errorf("%s has %d bytes", path, len(bundle))
	}
	at := bundle[n%256*(2+leafSize):]
	if int(at[0])<<8|int(at[1]) != leafSize {
		return nil, fmt.Errorf("%s: the length of leaf %d", path, n)
	}
	return at[2 : 2+leafSize], nil
}

// checkEntries reads leaves through the authenticated tiles, and proves some of them to itself.
func checkEntries(root string, tree tlog.Tree, reader tlog.HashReader, step int64) (int, error) {
	count := 0
	for n := int64(0); n < tree.N; n += step {
		leaf, err := entry(root, tree, n)
		if err != nil {
			return count, err
		}
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			return count, fmt.Errorf("leaf %d: %w", n, err)
		}
		if hashes[0] != tlog.RecordHash(leaf) {
			return count, fmt.Errorf("leaf %d: entry bundle does not match tile", n)
		}
		count++
	}
	return count, nil
}

// checkGrowth checks our proof, and theirs, that the newest tree extends the older one.
func checkGrowth(dir string, tree tlog.Tree, key note.Verifier, reader tlog.HashReader) (int64, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "old"))
	if err != nil {
		return 0, err
	}
	old, err := openCheckpoint(raw, key)
	if err != nil {
		return 0, fmt.Errorf("the older checkpoint: %w", err)
	}
	body, err := os.ReadFile(filepath.Join(dir, "add-checkpoint"))
	if err != nil {
		return 0, err
	}
	before, _, _ := strings.Cut(string(body), "\n\n")
	lines := strings.Split(before, "\n")
	if lines[0] != fmt.Sprintf("old %d", old.N) {
		return 0, fmt.Errorf("add-checkpoint is from %q", lines[0])
	}
	var ours tlog.TreeProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, err
		}
		ours = append(ours, hash)
	}
	if err := tlog.CheckTree(ours, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return 0, fmt.Errorf("consistency: %w", err)
	}
	theirs, err := tlog.ProveTree(tree.N, old.N, reader)
	if err != nil {
		return 0, err
	}
	return old.N, tlog.CheckTree(theirs, tree.N, tree.Hash, old.N, old.Hash)
}

// checkProofs checks our C2SP tlog-proofs' hashes.
func checkProofs(dir string, tree tlog.Tree) (int, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.tlog-proof"))
	if err != nil {
		return 0, err
	}
	for _, path := range paths {
		bytes, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		head, _, _ := strings.Cut(string(bytes), "\n\n")
		lines := strings.Split(head, "\n")
		var n int64
		if _, err := fmt.Sscanf(lines[1], "index %d", &n); err != nil {
			return 0, err
		}
		var proof tlog.RecordProof
		for _, line := range lines[2:] {
			hash, err := base64.StdEncoding.DecodeString(line)
			if err != nil || len(hash) != tlog.HashSize {
				return 0, fmt.Errorf("%s: a hash", path)
			}
			proof = append(proof, tlog.Hash(hash))
		}
		leaf, err := entry(filepath.Join(dir, "public"), tree, n)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(leaf)); err != nil {
			return 0, fmt.Errorf("proof of %d: %w", n, err)
		}
	}
	return len(paths), nil
}

func check(dir string, step int64) error {
	root := filepath.Join(dir, "public")
	vkey, err := os.ReadFile(filepath.Join(root, "log.vkey"))
	if err != nil {
		return err
	}
	key, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(raw, key)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	reader := tlog.TileHashReader(tree, tiles{root})
	entries, err := checkEntries(root, tree, reader, step)
	if err != nil {
		return err
	}
	old, err := checkGrowth(dir, tree, key, reader)
	if err != nil {
		return err
	}
	proofs, err := checkProofs(dir, tree)
	if err != nil {
		return err
	}
	fmt.Printf("checkpoint of %d, %d entries through tiles, growth from %d, %d inclusion proofs\n",
		tree.N, entries, old, proofs)
	return nil
}

func main() {
	step := int64(1)
	if len(os.Args) > 2 {
		step, _ = strconv.ParseInt(os.Args[2], 10, 64)
	}
	if err := check(os.Args[1], max(step, 1)); err != nil {
		fmt.Println("REFUSED", err)
		os.Exit(1)
	}
}
