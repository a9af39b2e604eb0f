// witness is transparency-dev's witness, with its own HTTP handler and its own store in memory.
//
//	witness ADDRESS NAME LOG.vkey...
//
// It makes a key under NAME, prints its verifier key (cosignature/v1), and serves
// POST http://ADDRESS/add-checkpoint until it is ended.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

func signer(name string) (note.Signer, string, error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, "", err
	}
	made, err := fnote.NewSignerForCosignatureV1(skey)
	if err != nil {
		return nil, "", err
	}
	vkey, err = fnote.VKeyToCosignatureV1(vkey)
	return made, vkey, err
}

func verifiers(paths []string) (map[string]note.Verifier, error) {
	known := map[string]note.Verifier{}
	for _, path := range paths {
		vkey, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
		if err != nil {
			return nil, err
		}
		known[verifier.Name()] = verifier
	}
	return known, nil
}

func serve(address, name string, paths []string) error {
	ours, vkey, err := signer(name)
	if err != nil {
		return err
	}
	logs, err := verifiers(paths)
	if err != nil {
		return err
	}
	made, err := witness.New(context.Background(), witness.Opts{
		Persistence: inmemory.New(),
		Signers:     []note.Signer{ours},
		VerifierForLog: func(_ context.Context, origin string) (note.Verifier, bool, error) {
			verifier, ok := logs[origin]
			return verifier, ok, nil
		},
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println(vkey)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", witness.NewHTTPHandler(made).AddCheckpoint)
	return http.Serve(listener, mux)
}

func main() {
	if err := serve(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		log.Fatal(err)
	}
}
