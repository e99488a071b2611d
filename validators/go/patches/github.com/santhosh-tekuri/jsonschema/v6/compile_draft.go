package jsonschema

import "strings"

var drafts = map[*Draft]bool{}

// Compile makes the draft's own schemas, once; tools/schemas says why not at the start.
func (d *Draft) compile() {
	if drafts[d] {
		return
	}
	// Its schemas are written in itself.
	drafts[d] = true
	compiler := NewCompiler()
	compiler.AssertFormat()
	d.sch = compiler.MustCompile(d.url)
	for name := range d.allVocabs {
		d.allVocabs[name] = compiler.MustCompile(strings.TrimSuffix(d.url, "schema") + "meta/" + name)
	}
}
