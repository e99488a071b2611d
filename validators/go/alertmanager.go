package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"
)

// CheckAlertmanager does what `amtool check-config` does with the file that the options name, and then, for each set
// of labels, what `amtool config routes test` does.
func checkAlertmanager(request Request, report func(Problem)) (any, error) {
	var options struct {
		Config string `json:"config"`
		Routes []struct {
			Labels    map[string]string `json:"labels"`
			Receivers []string          `json:"receivers"`
		} `json:"routes"`
	}
	if err := request.options(&options); err != nil {
		return nil, err
	}
	text, ok := request.Files[options.Config]
	if !ok {
		return nil, fmt.Errorf("the options name the configuration %q, which the request does not hold", options.Config)
	}
	loaded, err := config.Load(text)
	if err != nil {
		report(Problem{File: options.Config, Message: err.Error(), Severity: severe}.located())
		return nil, nil
	}
	checkTemplates(request, options.Config, loaded.Templates, report)

	root := dispatch.NewRoute(loaded.Route, nil)
	reached := [][]string{}
	for _, test := range options.Routes {
		labels := model.LabelSet{}
		for name, value := range test.Labels {
			labels[model.LabelName(name)] = model.LabelValue(value)
		}
		receivers := []string{}
		for _, route := range root.Match(labels) {
			receivers = append(receivers, route.RouteOpts.Receiver)
		}
		reached = append(reached, receivers)
		if test.Receivers != nil && strings.Join(test.Receivers, ",") != strings.Join(receivers, ",") {
			report(Problem{File: options.Config, Severity: severe, Message: fmt.Sprintf("an alert with %s goes to %s, expected %s",
				labels, strings.Join(receivers, ","), strings.Join(test.Receivers, ","))})
		}
	}
	return map[string]any{"routes": reached}, nil
}

// Template files are looked for beside the configuration; one that a pattern does not find is no error to amtool either.
func checkTemplates(request Request, from string, patterns []string, report func(Problem)) {
	for _, pattern := range patterns {
		for _, file := range request.paths() {
			beside, err := path.Match(path.Join(path.Dir(from), pattern), file)
			mounted, other := path.Match(pattern, path.Base(file))
			if err != nil || other != nil || !(beside || mounted) {
				continue
			}
			parsed, err := template.New()
			if err == nil {
				err = parsed.Parse(strings.NewReader(request.Files[file]))
			}
			if err != nil {
				report(Problem{File: file, Message: err.Error(), Severity: severe}.located())
			}
		}
	}
}
