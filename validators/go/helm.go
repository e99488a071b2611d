package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint/rules"
	"helm.sh/helm/v3/pkg/lint/support"
	"helm.sh/helm/v3/pkg/releaseutil"
)

type chartOptions struct {
	// Chart is the folder that holds Chart.yaml.
	Chart string `json:"chart"`
	// Values are files whose contents override the chart's own, later ones win.
	Values    []string `json:"values"`
	Release   string   `json:"release"`
	Namespace string   `json:"namespace"`
}

func chartOptionsOf(request Request) (options chartOptions, values chartutil.Values, err error) {
	options = chartOptions{Release: "release-name", Namespace: "default"}
	if err = request.options(&options); err != nil {
		return options, nil, err
	}
	if _, ok := request.Files[path.Join(options.Chart, "Chart.yaml")]; !ok {
		return options, nil, fmt.Errorf("the request holds no %s", path.Join(options.Chart, "Chart.yaml"))
	}
	merged := map[string]any{}
	for _, file := range options.Values {
		text, ok := request.Files[file]
		if !ok {
			return options, nil, fmt.Errorf("the options name the values %s, which the request does not hold", file)
		}
		more, err := chartutil.ReadValues([]byte(text))
		if err != nil {
			return options, nil, fmt.Errorf("%s: %w", file, err)
		}
		merged = chartutil.MergeTables(more, merged)
	}
	return options, merged, nil
}

// LintChart does what `helm lint` does; with --strict, warnings fail too, which is for whoever asks to decide.
func lintChart(request Request, report func(Problem)) (any, error) {
	options, values, err := chartOptionsOf(request)
	if err != nil {
		return nil, err
	}
	folder, remove, err := request.onDisk()
	if err != nil {
		return nil, err
	}
	defer remove()
	linter := support.Linter{ChartDir: path.Join(folder, options.Chart)}
	rules.Chartfile(&linter)
	if !valuesAccepted(request, options.Chart, values) {
		// Looking has filled them up.
		if _, values, err = chartOptionsOf(request); err != nil {
			return nil, err
		}
		rules.ValuesWithOverrides(&linter, values)
	}
	rules.TemplatesWithSkipSchemaValidation(&linter, values, options.Namespace, nil, renderedAccepted(request, options.Chart, values))
	rules.Dependencies(&linter)
	for _, message := range linter.Messages {
		problem := Problem{File: path.Join(options.Chart, message.Path), Severity: severe,
			Message: strings.ReplaceAll(message.Err.Error(), folder+"/", "")}
		switch message.Severity {
		case support.WarningSev:
			problem.Severity = mild
		case support.InfoSev:
			problem.Severity = "info"
		}
		report(problem.inTemplate(options.Chart).located())
	}
	return nil, nil
}

// RenderChart does what `helm template` does and gives the manifests by the path of their template.
func renderChart(request Request, report func(Problem)) (any, error) {
	options, values, err := chartOptionsOf(request)
	if err != nil {
		return nil, err
	}
	problem := func(err error) (any, error) {
		report(Problem{File: path.Join(options.Chart, "Chart.yaml"), Message: err.Error(), Severity: severe}.inTemplate(options.Chart).located())
		return nil, nil
	}
	loaded, err := loadChart(request, options.Chart)
	if err != nil {
		return problem(err)
	}
	if err := missingDependencies(loaded); err != nil {
		return problem(err)
	}
	if err := chartutil.ProcessDependenciesWithMerge(loaded, values); err != nil {
		return problem(err)
	}
	release := chartutil.ReleaseOptions{Name: options.Release, Namespace: options.Namespace, Revision: 1, IsInstall: true}
	render, err := chartutil.ToRenderValuesWithSchemaValidation(loaded, values, release, nil, true)
	if err != nil {
		return problem(err)
	}
	if !schemaAccepts(loaded, render["Values"]) {
		if render, err = chartutil.ToRenderValues(loaded, values, release, nil); err != nil {
			return problem(err)
		}
	}
	manifests, err := engine.Render(loaded, render)
	if err != nil {
		return problem(err)
	}
	for name, text := range manifests {
		if strings.TrimSpace(text) == "" || strings.HasSuffix(name, "NOTES.txt") || strings.HasPrefix(path.Base(name), "_") {
			delete(manifests, name)
		}
	}
	// Helm reads the kind of every document to bring them into order, and stops at one that does not parse.
	if fresh := unread(manifests); !accepted(fresh) {
		if _, _, err := releaseutil.SortManifests(fresh, nil, releaseutil.InstallOrder); err != nil {
			return problem(err)
		}
	}
	for name, text := range manifests {
		read[manifest{name, text}] = true
	}
	return made{manifests}, nil
}

// Manifests that parsed before; most templates give every environment the same text, and each is judged by itself.
var read = map[manifest]bool{}

type manifest struct{ name, text string }

func unread(manifests map[string]string) map[string]string {
	left := map[string]string{}
	for name, text := range manifests {
		if !read[manifest{name, text}] {
			left[name] = text
		}
	}
	return left
}

// Charts that Chart.yaml asks for and nobody has put under charts/.
func missingDependencies(loaded *chart.Chart) error {
	var missing []string
	for _, wanted := range loaded.Metadata.Dependencies {
		if !slices.ContainsFunc(loaded.Dependencies(), func(held *chart.Chart) bool { return held.Name() == wanted.Name }) {
			missing = append(missing, wanted.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("found in Chart.yaml, but missing in charts/ directory: %s", strings.Join(missing, ", "))
}

// InTemplate reads the place out of an error of the template engine: `template: name/templates/x.yaml:3:7: …`.
func (p Problem) inTemplate(folder string) Problem {
	for _, prefix := range []string{"template: ", "parse error at (", "execution error at (", "YAML parse error on "} {
		_, rest, found := strings.Cut(p.Message, prefix)
		if !found {
			continue
		}
		place := rest
		if end := strings.IndexAny(rest, " )"); end > 0 {
			place = rest[:end]
		}
		parts := strings.Split(place, ":")
		// The first part of the path is the chart's name, not its folder.
		_, inside, ok := strings.Cut(parts[0], "/")
		if !ok {
			continue
		}
		p.File = path.Join(folder, inside)
		if len(parts) > 1 {
			p.Line = number(parts[1])
		}
		if len(parts) > 2 {
			p.Column = number(parts[2])
		}
		break
	}
	return p
}
