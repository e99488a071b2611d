package main

import (
	"maps"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
)

type heldChart struct {
	files map[string]string
	chart *chart.Chart
}

// Charts by their folder: each is asked about once for every environment, with the same files.
var charts = map[string]heldChart{}

func loadChart(request Request, folder string) (*chart.Chart, error) {
	inside := map[string]string{}
	for file, text := range request.Files {
		if name, ok := strings.CutPrefix(file, strings.TrimSuffix(folder, "/")+"/"); ok {
			inside[name] = text
		}
	}
	if held, ok := charts[folder]; ok && maps.Equal(held.files, inside) {
		return held.chart, nil
	}
	var files []*loader.BufferedFile
	for _, name := range sortedKeys(inside) {
		files = append(files, &loader.BufferedFile{Name: name, Data: []byte(inside[name])})
	}
	loaded, err := loader.LoadFiles(files)
	if err != nil {
		return nil, err
	}
	if err := loaded.Validate(); err != nil {
		return loaded, err
	}
	// Helm changes a chart that has others inside while it renders it, and no other.
	if alone(loaded) {
		charts[folder] = heldChart{inside, loaded}
	}
	return loaded, nil
}

func alone(loaded *chart.Chart) bool {
	return len(loaded.Metadata.Dependencies) == 0 && len(loaded.Dependencies()) == 0
}
