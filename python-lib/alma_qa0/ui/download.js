// Pieces of one file arrive in order; the last one saves it.
if (download.part > 0) {
  window.almaQa0Pieces = download.part === 1 ? [] : window.almaQa0Pieces
  window.almaQa0Pieces.push(download.text)
  if (download.part === download.parts) {
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob(window.almaQa0Pieces, {type: `${download.file_name.endsWith(".json") ? "application/json" : "text/csv"};charset=utf-8`}))
    link.download = download.file_name
    link.click()
    URL.revokeObjectURL(link.href)
    window.almaQa0Pieces = []
  }
}
