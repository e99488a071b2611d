// Package v1_21_2 holds the Kubernetes API as tools/openapi has made it smaller: reading all of it took most of a build's time.
package v1_21_2

import _ "embed"

//go:embed trimmed.pb
var trimmed []byte

// MustAsset has the one document, under whatever name.
func MustAsset(string) []byte { return trimmed }
