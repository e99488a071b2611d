package main

import (
	"regexp"
	"strconv"
	"strings"
)

// Tools put positions into their messages in different ways; whoever shows a problem wants them as numbers.
var (
	lineAndColumn = regexp.MustCompile(`^(\d+):(\d+): `)
	yamlLine      = regexp.MustCompile(`(?:^|[ :\n])line (\d+): `)
)

func (p Problem) located() Problem {
	if match := lineAndColumn.FindStringSubmatch(p.Message); match != nil {
		p.Line, p.Column = number(match[1]), number(match[2])
		p.Message = p.Message[len(match[0]):]
	} else if match := yamlLine.FindStringSubmatch(p.Message); match != nil {
		p.Line = number(match[1])
	}
	p.Message = strings.TrimSpace(p.Message)
	return p
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return value
}
