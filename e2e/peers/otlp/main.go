// Reads OTLP/JSON as the OpenTelemetry Collector does and writes what it has understood: a line for each line.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"strings"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

type request interface {
	UnmarshalJSON([]byte) error
	MarshalJSON() ([]byte, error)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var understood request = ptraceotlp.NewExportRequest()
		if strings.HasPrefix(lines.Text(), `{"resourceLogs"`) {
			understood = plogotlp.NewExportRequest()
		}
		if err := understood.UnmarshalJSON(lines.Bytes()); err != nil {
			log.Fatal(err)
		}
		written, err := understood.MarshalJSON()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(written))
	}
}
