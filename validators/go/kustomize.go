package main

import (
	"errors"
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
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
	return map[string]any{"manifests": manifests}, nil
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
	text, err := built.AsYaml()
	return string(text), err
}
