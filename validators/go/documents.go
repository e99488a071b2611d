package main

import (
	"strings"

	"helm.sh/helm/v3/pkg/releaseutil"
	"sigs.k8s.io/yaml"
)

const (
	separator = "---"
	spaces    = "\t\n\f\r "
)

// Accepted tells that Helm would bring these manifests into order. Where it is false Helm is to be asked, which has the words for what is
// wrong. Helm splits a manifest by a regular expression, which took half of a rendering.
func accepted(manifests map[string]string) bool {
	for _, text := range manifests {
		for _, document := range splitAsHelmDoes(text) {
			var head releaseutil.SimpleHead
			if yaml.Unmarshal([]byte(document), &head) != nil {
				return false
			}
		}
	}
	return true
}

// Splits where (?:^|\s*\n)---\s* matches, which is Helm's expression; what lies between two matches is a document, without spaces around.
func splitAsHelmDoes(text string) []string {
	rest := strings.TrimSpace(text)
	if begun, ok := strings.CutPrefix(rest, separator); ok {
		rest = strings.TrimLeft(begun, spaces)
	}
	var documents []string
	for rest != "" {
		document, after, _ := strings.Cut(rest, "\n"+separator)
		if document = strings.TrimSpace(document); document != "" {
			documents = append(documents, document)
		}
		rest = strings.TrimLeft(after, spaces)
	}
	return documents
}
