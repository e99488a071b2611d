package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// CheckDockerfiles runs BuildKit's own front end: parser, lint rules, and the conversion of every stage into a build
// graph. Base images are taken for plain Linux images; nothing is pulled and no RUN line is executed.
func checkDockerfiles(request Request, report func(Problem)) (any, error) {
	for _, file := range request.paths() {
		checkDockerfile(file, []byte(request.Files[file]), report)
	}
	return nil, nil
}

func checkDockerfile(file string, text []byte, report func(Problem)) {
	source := llb.NewSourceMap(nil, file, "Dockerfile", text)
	source.Definition = &llb.Definition{}
	capabilities := pb.Caps.CapSet(pb.Caps.All())
	options := dockerfile2llb.ConvertOpt{
		MetaResolver:   plainImage{},
		SourceMap:      source,
		LLBCaps:        &capabilities,
		TargetPlatform: &ocispecs.Platform{OS: "linux", Architecture: "amd64"},
		// Every stage, not only what the last one needs.
		AllStages: true,
		Warn: func(rule, _, _, message string, where []parser.Range) {
			report(at(Problem{File: file, Message: message + " [" + rule + "]", Severity: mild}, where))
		},
	}
	if _, _, _, _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), text, options); err != nil {
		problem := Problem{File: file, Message: err.Error(), Severity: severe}
		var located *parser.LocationError
		if errors.As(err, &located) && len(located.Locations) > 0 {
			problem = at(problem, located.Locations[0])
		}
		report(problem)
		return
	}
	checkCopySources(file, text, report)
}

func at(problem Problem, where []parser.Range) Problem {
	if len(where) > 0 {
		problem.Line, problem.Column = where[0].Start.Line, where[0].Start.Character+1
	}
	return problem
}

// A misspelt stage name in COPY --from is taken for an image by BuildKit, which would then look for it in a registry.
func checkCopySources(file string, text []byte, report func(Problem)) {
	parsed, err := parser.Parse(strings.NewReader(string(text)))
	if err != nil {
		return
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return
	}
	known := map[string]bool{}
	for index, stage := range stages {
		for _, command := range stage.Commands {
			copied, ok := command.(*instructions.CopyCommand)
			if !ok || copied.From == "" || known[strings.ToLower(copied.From)] || strings.ContainsAny(copied.From, "/:@$.") {
				continue
			}
			report(at(Problem{File: file, Severity: severe, Message: fmt.Sprintf(
				"COPY --from=%s names neither an earlier stage nor an image with a tag, digest or registry", copied.From)}, copied.Location()))
		}
		known[fmt.Sprint(index)] = true
		known[strings.ToLower(stage.Name)] = true
	}
}

type plainImage struct{}

func (plainImage) ResolveImageConfig(_ context.Context, image string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := `{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/local/bin:/usr/bin:/bin"]},"rootfs":{"type":"layers"}}`
	return image, digest.FromString(image), []byte(config), nil
}
