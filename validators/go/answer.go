// Package main compiles official validators of infrastructure files into one WebAssembly module, so that a machine
// with Node and nothing else gets the tools' own verdicts.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"runtime/debug"
)

// Request asks one validator about a set of files.
type Request struct {
	Validator string            `json:"validator"`
	Files     map[string]string `json:"files"`
	Options   json.RawMessage   `json:"options"`
}

// Problem is one thing that a tool said about a file; lines and columns count from 1, 0 means unknown.
type Problem struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
	Tool     string `json:"tool"`
	Version  string `json:"version"`
}

// Answer is everything that a validator said. Error is set when it could not do its work, which says nothing about
// the files; Data is what the tool read out of them.
type Answer struct {
	Tool     string    `json:"tool"`
	Version  string    `json:"version"`
	Problems []Problem `json:"problems"`
	Data     any       `json:"data,omitempty"`
	Error    string    `json:"error,omitempty"`
}

// Made is the data of a tool that writes manifests, by a name for each.
type made struct {
	Manifests map[string]string `json:"manifests"`
}

const severe, mild = "error", "warning"

type validator struct {
	tool, module string
	check        func(request Request, report func(Problem)) (data any, err error)
}

var validators = map[string]validator{
	"actionlint":             {"actionlint", "github.com/rhysd/actionlint", checkWorkflows},
	"alertmanager/config":    {"alertmanager", "github.com/prometheus/alertmanager", checkAlertmanager},
	"dockerfile":             {"buildkit", "github.com/moby/buildkit", checkDockerfiles},
	"hcl":                    {"hcl", "github.com/hashicorp/hcl/v2", checkHCL},
	"helm/lint":              {"helm", "helm.sh/helm/v3", lintChart},
	"helm/template":          {"helm", "helm.sh/helm/v3", renderChart},
	"kustomize":              {"kustomize", "sigs.k8s.io/kustomize/api", buildKustomizations},
	"prometheus/expressions": {"prometheus", "github.com/prometheus/prometheus", checkExpressions},
	"prometheus/rules":       {"prometheus", "github.com/prometheus/prometheus", checkRules},
	"prometheus/tests":       {"prometheus", "github.com/prometheus/prometheus", runRuleTests},
	"shell":                  {"mvdan/sh", "mvdan.cc/sh/v3", checkShell},
}

func init() {
	// What the tools log for people is not an answer.
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
}

// Respond turns one request into one answer, both JSON; it never fails.
func respond(text []byte) []byte {
	var request Request
	if err := json.Unmarshal(text, &request); err != nil {
		return encode(Answer{Problems: []Problem{}, Error: "expected a JSON request: " + err.Error()})
	}
	return encode(answerTo(request))
}

func answerTo(request Request) Answer {
	if request.Validator == "versions" {
		return Answer{Tool: "validators", Problems: []Problem{}, Data: versions()}
	}
	chosen, ok := validators[request.Validator]
	if !ok {
		return Answer{Problems: []Problem{}, Error: fmt.Sprintf("there is no validator %q", request.Validator)}
	}
	return chosen.run(request)
}

func (v validator) run(request Request) (answer Answer) {
	answer = Answer{Tool: v.tool, Version: moduleVersion(v.module), Problems: []Problem{}}
	// A crash of a tool on one file must not end the module for all others.
	defer func() {
		if cause := recover(); cause != nil {
			answer.Error = fmt.Sprintf("%s crashed: %v", v.tool, cause)
		}
	}()
	data, err := v.check(request, func(problem Problem) {
		problem.Tool, problem.Version = answer.Tool, answer.Version
		answer.Problems = append(answer.Problems, problem)
	})
	answer.Data = data
	if err != nil {
		answer.Error = err.Error()
	}
	return answer
}

func encode(answer Answer) []byte {
	text, err := json.Marshal(answer)
	if err != nil {
		return encode(Answer{Tool: answer.Tool, Version: answer.Version, Problems: []Problem{}, Error: err.Error()})
	}
	return text
}

func (r Request) options(into any) error {
	if len(r.Options) == 0 {
		return nil
	}
	if err := json.Unmarshal(r.Options, into); err != nil {
		return fmt.Errorf("options of %s: %w", r.Validator, err)
	}
	return nil
}

// Paths in order, so that equal requests get equal answers.
func (r Request) paths() []string { return sortedKeys(r.Files) }

func versions() map[string]string {
	found := map[string]string{}
	for name, v := range validators {
		found[name] = v.tool + " " + moduleVersion(v.module)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		found["go"] = info.GoVersion
	}
	return found
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range info.Deps {
		if module.Path == path {
			if len(module.Version) > 1 && module.Version[0] == 'v' {
				return module.Version[1:]
			}
			return module.Version
		}
	}
	return "unknown"
}
