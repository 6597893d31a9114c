/** Reads PDF documents, away from the page: what is wrong in one cannot hold up the other. Built as a script of its own. */
import "pdfjs-dist/legacy/build/pdf.worker.min.mjs";
