// Command actions makes each entry of actionlint's table of popular actions a function of its own. As one literal the table is a single
// function of 1.5 MB that runs before anything else, and compiling it took a third of the module's start and most of its memory.
// Usage: actions <folder of actionlint>
package main

import (
	"bytes"
	"log"
	"os"
	"path"
	"regexp"
)

var (
	table = []byte("var PopularActions = map[string]*ActionMetadata{\n")
	first = regexp.MustCompile(`(?m)^\t("[^"\n]+": )\{$`)
	last  = regexp.MustCompile(`(?m)^\t\},$`)
	end   = []byte("\n}\n")
)

func main() {
	folder := os.Args[1]
	change(path.Join(folder, "popular_actions.go"), func(text []byte) []byte {
		before, rest, found := bytes.Cut(text, table)
		entries, after, closed := bytes.Cut(rest, end)
		begun := len(first.FindAll(entries, -1))
		if !found || !closed || begun == 0 || begun != len(last.FindAll(entries, -1)) {
			log.Fatal("expected the table of popular actions, one entry after the other; compare tools/actions with this version of actionlint")
		}
		entries = first.ReplaceAll(entries, []byte("\t${1}func() *ActionMetadata { return &ActionMetadata{"))
		entries = last.ReplaceAll(entries, []byte("\t}},"))
		return bytes.Join([][]byte{before, []byte("var PopularActions = map[string]func() *ActionMetadata{\n"), entries, end, after}, nil)
	})
	for file, use := range map[string]string{"rule_action.go": "spec", "rule_expression.go": "spec.Value"} {
		change(path.Join(folder, file), func(text []byte) []byte {
			old := []byte("PopularActions[" + use + "]")
			if bytes.Count(text, old) != 1 {
				log.Fatalf("expected one use of PopularActions in %s", file)
			}
			return bytes.Replace(text, old, []byte("popularAction("+use+")"), 1)
		})
	}
}

func change(file string, how func([]byte) []byte) {
	text, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(file, how(text), 0o644); err != nil {
		log.Fatal(err)
	}
}
