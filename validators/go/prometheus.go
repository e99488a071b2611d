package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
)

// CheckRules does what `promtool check rules` does with each file.
func checkRules(request Request, report func(Problem)) (any, error) {
	for _, path := range request.paths() {
		groups, errs := rulefmt.Parse([]byte(request.Files[path]), false)
		for _, err := range errs {
			problem := Problem{File: path, Message: err.Error(), Severity: severe}.located()
			if problem.Line == 0 {
				problem.Line = lineOfRule(request.Files[path], problem.Message)
			}
			report(problem)
		}
		if len(errs) == 0 {
			reportDuplicates(path, groups, report)
		}
	}
	return nil, nil
}

var ruleName = regexp.MustCompile(`rule \d+, "([^"]+)"`)

// Errors in templates name their rule but no line.
func lineOfRule(text, message string) int {
	match := ruleName.FindStringSubmatch(message)
	if match == nil {
		return 0
	}
	return 1 + slices.IndexFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.HasSuffix(strings.TrimSpace(line), ": "+match[1])
	})
}

// Two rules with one name and equal labels write the same series; promtool only warns of it.
func reportDuplicates(path string, groups *rulefmt.RuleGroups, report func(Problem)) {
	seen := map[string]int{}
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			name := rule.Alert + rule.Record
			key := name + rules.FromMaps(group.Labels, rule.Labels).String()
			if seen[key]++; seen[key] == 2 {
				report(Problem{File: path, Message: fmt.Sprintf("more than one rule is named %q with equal labels", name), Severity: mild})
			}
		}
	}
}

type selector struct {
	Metric string   `json:"metric"`
	Labels []string `json:"labels"`
}

type expression struct {
	Type      string     `json:"type"`
	Selectors []selector `json:"selectors"`
}

// CheckExpressions parses each text as one PromQL expression and tells which series it reads.
func checkExpressions(request Request, report func(Problem)) (any, error) {
	found := map[string]expression{}
	for _, name := range request.paths() {
		text := request.Files[name]
		parsed, err := parser.ParseExpr(text)
		if err != nil {
			reportExpression(name, text, err, report)
			continue
		}
		result := expression{Type: string(parsed.Type()), Selectors: []selector{}}
		for _, matchers := range parser.ExtractSelectors(parsed) {
			result.Selectors = append(result.Selectors, selectorOf(matchers))
		}
		found[name] = result
	}
	return found, nil
}

func reportExpression(name, text string, err error, report func(Problem)) {
	var many parser.ParseErrors
	if !errors.As(err, &many) {
		report(Problem{File: name, Message: err.Error(), Severity: severe}.located())
		return
	}
	for _, one := range many {
		one.Query, one.LineOffset = text, 0
		report(Problem{File: name, Message: one.Error(), Severity: severe}.located())
	}
}

func selectorOf(matchers []*labels.Matcher) selector {
	result := selector{Labels: []string{}}
	for _, matcher := range matchers {
		if matcher.Name != labels.MetricName {
			result.Labels = append(result.Labels, matcher.Name)
		} else if matcher.Type == labels.MatchEqual {
			result.Metric = matcher.Value
		}
	}
	sort.Strings(result.Labels)
	return result
}
