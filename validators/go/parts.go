package main

import (
	"encoding/binary"
	"encoding/json"
	"unsafe"
)

// Requests and answers are mostly texts. Between host and module they lie one after the other behind a head in JSON, which says how
// long each is, after the length of the head itself in four bytes: as JSON they took a fifth of all the time.
type part struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

type requestHead struct {
	Validator string          `json:"validator"`
	Options   json.RawMessage `json:"options"`
	Files     []part          `json:"files"`
}

type answerHead struct {
	Answer
	// Manifests follow the head in this order, and belong into its data.
	Manifests []part `json:"manifests"`
}

const headLength = 4

// RespondInParts answers one request; the texts of its files stay where they are, so nobody may write there again.
func respondInParts(bytes []byte) []byte {
	length := int(binary.LittleEndian.Uint32(bytes))
	rest := bytes[headLength+length:]
	var head requestHead
	if err := json.Unmarshal(bytes[headLength:headLength+length], &head); err != nil {
		return inParts(Answer{Problems: []Problem{}, Error: "expected the head of a request: " + err.Error()})
	}
	files := make(map[string]string, len(head.Files))
	for _, file := range head.Files {
		text := rest[:file.Size]
		files[file.Name] = unsafe.String(unsafe.SliceData(text), len(text))
		rest = rest[file.Size:]
	}
	return inParts(answerTo(Request{Validator: head.Validator, Files: files, Options: head.Options}))
}

func inParts(answer Answer) []byte {
	head := answerHead{Answer: answer}
	var texts []byte
	if data, ok := answer.Data.(made); ok {
		head.Data, head.Manifests = nil, []part{}
		for _, name := range sortedKeys(data.Manifests) {
			head.Manifests = append(head.Manifests, part{name, len(data.Manifests[name])})
			texts = append(texts, data.Manifests[name]...)
		}
	}
	text, err := json.Marshal(head)
	if err != nil {
		return inParts(Answer{Tool: answer.Tool, Version: answer.Version, Problems: []Problem{}, Error: err.Error()})
	}
	bytes := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
	return append(append(bytes, text...), texts...)
}
