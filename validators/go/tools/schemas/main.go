// Command schemas lets the library of JSON schemas compile the schema of a draft when the draft is first met. At its start it compiles
// those of all drafts, which was the longest part of the module's own start. Usage: schemas <folder of jsonschema>
package main

import (
	"bytes"
	"log"
	"os"
	"path"
	"regexp"
)

var (
	initial = regexp.MustCompile(`(?s)\nfunc init\(\) \{\n.*?\n\}\n`)
	asked   = []byte("func (d *dialect) getSchema(assertVocabs bool, vocabularies map[string]*Vocabulary) *Schema {\n")
)

func main() {
	file := path.Join(os.Args[1], "draft.go")
	text, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	found := initial.FindAll(text, -1)
	if len(found) != 1 || !bytes.Contains(found[0], []byte("d.sch = c.MustCompile(d.url)")) || bytes.Count(text, asked) != 1 {
		log.Fatalf("expected one init that compiles all drafts, and getSchema, in %s; compare tools/schemas with this version of jsonschema", file)
	}
	text = initial.ReplaceAll(text, []byte("\n"))
	text = bytes.Replace(text, asked, append(bytes.Clone(asked), "\td.draft.compile()\n"...), 1)
	if err := os.WriteFile(file, text, 0o644); err != nil {
		log.Fatal(err)
	}
}
