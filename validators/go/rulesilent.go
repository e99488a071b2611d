package main

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// WithoutSilent leaves out the rules that can say nothing in a test, because nothing that they select is ever there:
// evaluating them at each step took most of the time. What remains gives the same alerts, series and errors.
func withoutSilent(files map[string]*rulefmt.RuleGroups, inputs map[string]bool) {
	known := map[string]bool{}
	for name := range inputs {
		known[name] = true
	}
	speaks := map[string]bool{}
	// A recording rule that speaks can give another one its words.
	for before := -1; before != len(speaks); {
		before = len(speaks)
		for _, groups := range files {
			for _, group := range groups.Groups {
				for _, rule := range group.Rules {
					if speaks[ruleKey(rule)] || !canSpeak(rule.Expr, known) {
						continue
					}
					speaks[ruleKey(rule)] = true
					if rule.Record != "" {
						known[rule.Record] = true
					} else {
						known["ALERTS"], known["ALERTS_FOR_STATE"] = true, true
					}
				}
			}
		}
	}
	for _, groups := range files {
		for index, group := range groups.Groups {
			var kept []rulefmt.Rule
			for _, rule := range group.Rules {
				if speaks[ruleKey(rule)] {
					kept = append(kept, rule)
				}
			}
			groups.Groups[index].Rules = kept
		}
	}
}

func ruleKey(rule rulefmt.Rule) string {
	return rule.Record + "\x00" + rule.Alert + "\x00" + rule.Expr
}

// Functions that are empty, and cannot fail, where what they are given is empty.
var silentFunctions = map[string]bool{
	"abs": true, "ceil": true, "changes": true, "clamp_max": true, "clamp_min": true, "delta": true, "deriv": true, "floor": true,
	"histogram_quantile": true, "idelta": true, "increase": true, "irate": true, "rate": true, "resets": true, "round": true,
}

type ruleFile struct {
	groups *rulefmt.RuleGroups
	errs   []error
}

var ruleFiles = map[string]ruleFile{}

// ParsedRules reads a text once, however many tests are about it; the groups are the caller's own.
func parsedRules(text string) (*rulefmt.RuleGroups, []error) {
	known, ok := ruleFiles[text]
	if !ok {
		known.groups, known.errs = rulefmt.Parse([]byte(text), false)
		ruleFiles[text] = known
	}
	if known.groups == nil {
		return nil, known.errs
	}
	return &rulefmt.RuleGroups{Groups: slices.Clone(known.groups.Groups)}, known.errs
}

// Asked is what an expression needs in order to say anything.
type asked struct {
	always  bool
	metrics []string
}

var askedBy = map[string]asked{}

func (a asked) answered(known map[string]bool) bool {
	return a.always || slices.ContainsFunc(a.metrics, func(name string) bool { return known[name] })
}

// CanSpeak holds an expression for able to say something unless it is sure of the contrary.
func canSpeak(text string, known map[string]bool) bool {
	found, ok := askedBy[text]
	if !ok {
		found = askedOf(text)
		askedBy[text] = found
	}
	return found.answered(known)
}

func askedOf(text string) (found asked) {
	expression, err := parser.ParseExpr(text)
	if err != nil || expression.Type() != parser.ValueTypeVector {
		return asked{always: true}
	}
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		switch one := node.(type) {
		case *parser.VectorSelector:
			name := selectedName(one)
			found.always = found.always || name == ""
			found.metrics = append(found.metrics, name)
		case *parser.Call:
			over := strings.HasSuffix(one.Func.Name, "_over_time") && one.Func.Name != "absent_over_time"
			found.always = found.always || len(one.Args) == 0 || !(over || silentFunctions[one.Func.Name])
		case *parser.AggregateExpr:
			found.always = found.always || one.Param != nil
		}
		return nil
	})
	return found
}

// SelectedName is the one metric that a selector can find, or nothing where it can find several.
func selectedName(selector *parser.VectorSelector) string {
	for _, matcher := range selector.LabelMatchers {
		if matcher.Name == labels.MetricName && matcher.Type == labels.MatchEqual {
			return matcher.Value
		}
	}
	return ""
}
