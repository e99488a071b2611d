// Package imageutil, without the registry access of the original: only the error that callers compare with.
package imageutil

import "fmt"

// ResolveToNonImageError says that a policy replaced an image by something else.
type ResolveToNonImageError struct {
	Ref     string
	Updated string
}

func (e ResolveToNonImageError) Error() string {
	return fmt.Sprintf("%s was replaced by %s, which is no image", e.Ref, e.Updated)
}
