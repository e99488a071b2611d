package main

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// CheckShell parses each script in the language that its first line names, bash where it names none.
func checkShell(request Request, report func(Problem)) (any, error) {
	for _, path := range request.paths() {
		script := request.Files[path]
		_, err := syntax.NewParser(syntax.Variant(languageOf(script))).Parse(strings.NewReader(script), path)
		var parse syntax.ParseError
		var language syntax.LangError
		switch {
		case err == nil:
		case errors.As(err, &parse):
			report(Problem{File: path, Line: int(parse.Pos.Line()), Column: int(parse.Pos.Col()), Message: parse.Text, Severity: severe})
		case errors.As(err, &language):
			message := strings.TrimPrefix(language.Error(), path+":"+language.Pos.String()+": ")
			report(Problem{File: path, Line: int(language.Pos.Line()), Column: int(language.Pos.Col()), Message: message, Severity: severe})
		default:
			report(Problem{File: path, Message: err.Error(), Severity: severe})
		}
	}
	return nil, nil
}

func languageOf(script string) syntax.LangVariant {
	first, _, _ := strings.Cut(script, "\n")
	if !strings.HasPrefix(first, "#!") {
		return syntax.LangBash
	}
	words := strings.Fields(strings.ReplaceAll(first, "/", " "))
	for _, word := range words {
		switch word {
		case "sh", "dash", "ash":
			return syntax.LangPOSIX
		case "ksh", "mksh":
			return syntax.LangMirBSDKorn
		}
	}
	return syntax.LangBash
}
