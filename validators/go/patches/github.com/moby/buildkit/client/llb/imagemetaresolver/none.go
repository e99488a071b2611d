// Package imagemetaresolver, without the registry client of the original: a check of a Dockerfile pulls nothing.
package imagemetaresolver

import "github.com/moby/buildkit/client/llb"

// Default is only asked for where the caller brings no resolver of its own; ours always does.
func Default() llb.ImageMetaResolver { return nil }
