package main

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Place counts from 1.
type place struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type hclBody struct {
	Attributes []hclAttribute `json:"attributes,omitempty"`
	Blocks     []hclBlock     `json:"blocks,omitempty"`
}

type hclBlock struct {
	Type   string   `json:"type"`
	Labels []string `json:"labels,omitempty"`
	place
	hclBody
}

// Text is given where the value is a plain string; References are what the value is made from, e.g. var.region.
type hclAttribute struct {
	Name string `json:"name"`
	place
	Text       *string        `json:"text,omitempty"`
	References []hclReference `json:"references,omitempty"`
}

type hclReference struct {
	Path string `json:"path"`
	place
}

// CheckHCL parses each file and gives its blocks and attributes, with positions, for checks that know their meaning.
func checkHCL(request Request, report func(Problem)) (any, error) {
	bodies := map[string]hclBody{}
	for _, path := range request.paths() {
		file, diagnostics := hclsyntax.ParseConfig([]byte(request.Files[path]), path, hcl.InitialPos)
		for _, diagnostic := range diagnostics {
			problem := Problem{File: path, Message: diagnostic.Summary + ": " + diagnostic.Detail, Severity: mild}
			if diagnostic.Severity == hcl.DiagError {
				problem.Severity = severe
			}
			if diagnostic.Subject != nil {
				problem.Line, problem.Column = diagnostic.Subject.Start.Line, diagnostic.Subject.Start.Column
			}
			report(problem)
		}
		if file == nil || diagnostics.HasErrors() {
			continue
		}
		if body, ok := file.Body.(*hclsyntax.Body); ok {
			bodies[path] = bodyOf(body)
		}
	}
	return bodies, nil
}

func bodyOf(body *hclsyntax.Body) (result hclBody) {
	for _, attribute := range inOrder(body.Attributes) {
		result.Attributes = append(result.Attributes, hclAttribute{
			Name:       attribute.Name,
			place:      placeOf(attribute.NameRange),
			Text:       plainText(attribute.Expr),
			References: referencesOf(attribute.Expr),
		})
	}
	for _, block := range body.Blocks {
		result.Blocks = append(result.Blocks, hclBlock{block.Type, block.Labels, placeOf(block.TypeRange), bodyOf(block.Body)})
	}
	return result
}

func inOrder(attributes hclsyntax.Attributes) []*hclsyntax.Attribute {
	var ordered []*hclsyntax.Attribute
	for _, attribute := range attributes {
		ordered = append(ordered, attribute)
	}
	sortBy(ordered, func(attribute *hclsyntax.Attribute) int { return attribute.SrcRange.Start.Byte })
	return ordered
}

func plainText(expression hclsyntax.Expression) *string {
	if len(expression.Variables()) > 0 {
		return nil
	}
	value, diagnostics := expression.Value(nil)
	if diagnostics.HasErrors() || value.IsNull() || !value.IsKnown() || value.Type() != cty.String {
		return nil
	}
	text := value.AsString()
	return &text
}

func referencesOf(expression hclsyntax.Expression) (references []hclReference) {
	for _, traversal := range expression.Variables() {
		var path strings.Builder
		for _, part := range traversal {
			switch part := part.(type) {
			case hcl.TraverseRoot:
				path.WriteString(part.Name)
			case hcl.TraverseAttr:
				path.WriteString("." + part.Name)
			default:
				path.WriteString("[]")
			}
		}
		references = append(references, hclReference{path.String(), placeOf(traversal.SourceRange())})
	}
	return references
}

func placeOf(where hcl.Range) place { return place{where.Start.Line, where.Start.Column} }
