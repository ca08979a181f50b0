// A custom handler for the tests: answers payloads of its host, and callers' own requests below /api/.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	http.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		headers := [][2]string{}
		for name, values := range r.Header {
			headers = append(headers, [2]string{name, strings.Join(values, ", ")})
		}
		answer(w, map[string]any{"path": r.URL.RequestURI(), "headers": headers, "body": string(body)})
	})
	http.HandleFunc("/orders", func(w http.ResponseWriter, r *http.Request) {
		var payload struct{ Data map[string]any }
		if err := json.NewDecoder(r.Body).Decode(&payload); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		order := fmt.Sprint(payload.Data["order"])
		if strings.Contains(order, "crash") {
			fmt.Fprintln(os.Stderr, "the order was too much")
			os.Exit(3)
		}
		if strings.Contains(order, "break") {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		answer(w, map[string]any{"Outputs": map[string]any{"receipt": "got " + order}, "Logs": []string{"one", "two"}})
	})
	names := []string{}
	for _, variable := range os.Environ() {
		if strings.Contains(variable, "INSPECTOR") || strings.HasPrefix(variable, "AzureFunctionsJobHost") {
			names = append(names, variable)
		}
	}
	folder, _ := os.Getwd()
	fmt.Println("handler in", folder, "with", os.Args[1:], "and", names)
	if err := http.ListenAndServe("127.0.0.1:"+os.Getenv("FUNCTIONS_CUSTOMHANDLER_PORT"), nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}
