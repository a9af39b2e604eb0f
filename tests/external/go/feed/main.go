// feed shows a witness a checkpoint with transparency-dev's own client, and checks what it answers.
//
//	feed URL WITNESS-VKEY LOG-VKEY BODY
//
// BODY is a file as C2SP tlog-witness sends it: old size, hashes, checkpoint. The cosignature is
// checked with transparency-dev's formats.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	client "github.com/transparency-dev/witness/client/http"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

func readBody(path string) (uint64, [][]byte, []byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0, nil, nil, err
	}
	before, checkpoint, _ := bytes.Cut(raw, []byte("\n\n"))
	lines := strings.Split(string(before), "\n")
	var old uint64
	if _, err := fmt.Sscanf(lines[0], "old %d", &old); err != nil {
		return 0, nil, nil, err
	}
	var proof [][]byte
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return 0, nil, nil, err
		}
		proof = append(proof, hash)
	}
	return old, proof, checkpoint, nil
}

// checkAnswer appends the cosignature to the checkpoint and opens it under both keys.
func checkAnswer(checkpoint, answer []byte, logVkey, witnessVkey string) error {
	logKey, err := note.NewVerifier(logVkey)
	if err != nil {
		return err
	}
	witnessKey, err := fnote.NewVerifierForCosignatureV1(witnessVkey)
	if err != nil {
		return err
	}
	cosigned := append(bytes.Clone(checkpoint), answer...)
	_, _, opened, err := log.ParseCheckpoint(cosigned, logKey.Name(), logKey, witnessKey)
	if err != nil {
		return err
	}
	if len(opened.Sigs) != 2 {
		return fmt.Errorf("%d signatures hold", len(opened.Sigs))
	}
	return nil
}

func feed(address, witnessVkey, logVkey, path string) error {
	base, err := url.Parse(address)
	if err != nil {
		return err
	}
	old, proof, checkpoint, err := readBody(path)
	if err != nil {
		return err
	}
	answer, size, err := client.NewWitness(base, http.DefaultClient).Update(context.Background(), old, checkpoint, proof)
	if errors.Is(err, witness.ErrCheckpointStale) {
		return fmt.Errorf("%w: %d", err, size)
	}
	if err != nil {
		return err
	}
	return checkAnswer(checkpoint, answer, logVkey, witnessVkey)
}

func main() {
	if err := feed(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Println("REFUSED", err)
		os.Exit(1)
	}
	fmt.Println("cosigned")
}
