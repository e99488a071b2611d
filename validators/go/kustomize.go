package main

import (
	"encoding/json"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type kustomizeOptions struct {
	// Folders are those that hold a kustomization.yaml and are to be built.
	Folders []string `json:"folders"`
}

// BuildKustomizations does what `kubectl kustomize` does with each folder, and gives the manifests by folder.
func buildKustomizations(request Request, report func(Problem)) (any, error) {
	var options kustomizeOptions
	if err := request.options(&options); err != nil {
		return nil, err
	}
	disk := filesys.MakeFsInMemory()
	own := false
	for file, text := range request.Files {
		own = own || ownSchema.MatchString(text)
		if err := disk.WriteFile(path.Join("/", file), []byte(text)); err != nil {
			return nil, err
		}
	}
	manifests := map[string]string{}
	for _, folder := range options.Folders {
		if own {
			// Reading its schema is most of kustomize's work, and it keeps what the folder before brought along.
			openapi.ResetOpenAPI()
		}
		text, err := build(disk, folder)
		switch {
		case errors.Is(err, errRemote):
			return nil, err
		case err != nil:
			message := strings.ReplaceAll(err.Error(), "'/", "'")
			report(Problem{File: path.Join(folder, "kustomization.yaml"), Message: message, Severity: severe}.located())
		default:
			manifests[folder] = text
		}
	}
	return made{manifests}, nil
}

var (
	errRemote = errors.New("a resource lies in another repository or on the network, and is fetched by nobody here")
	ownSchema = regexp.MustCompile(`(?m)^openapi:`)
	fetched   = regexp.MustCompile(`no 'git' program on path|Get "https?://`)
)

func build(disk filesys.FileSystem, folder string) (string, error) {
	options := krusty.MakeDefaultOptions()
	// The library leaves the order as it is, the command sorts.
	options.Reorder = krusty.ReorderOptionUnspecified
	built, err := krusty.MakeKustomizer(options).Run(disk, path.Join("/", folder))
	if err != nil {
		if fetched.MatchString(err.Error()) {
			return "", errRemote
		}
		return "", err
	}
	return documents(built)
}

// Documents are JSON, one a line, which every reader of YAML reads too: the library's own way from its tree to YAML is one text in YAML,
// its values, a text in JSON, its values, and took half of a build.
func documents(built resmap.ResMap) (string, error) {
	var all strings.Builder
	for index, one := range built.Resources() {
		if index > 0 {
			all.WriteString("---\n")
		}
		text, err := jsonOf(one)
		if err != nil {
			return "", err
		}
		all.Write(text)
		all.WriteByte('\n')
	}
	return all.String(), nil
}

func jsonOf(one *resource.Resource) ([]byte, error) {
	if inBlocks(one.YNode()) {
		return one.MarshalJSON()
	}
	values := map[string]any{}
	if err := one.YNode().Decode(&values); err != nil {
		return nil, err
	}
	return json.Marshal(values)
}

// A text of several lines may be another one after the library has written and read it, and that one is what the command gives.
func inBlocks(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && strings.Contains(node.Value, "\n") || slices.ContainsFunc(node.Content, inBlocks)
}
