// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import java.io.IOException;
import java.io.Writer;

/**
 * Breaks text into indented lines as the serializer of Xerces does.
 *
 * <p>Text collects in {@code word} until a space or a line break; a word that would pass the line
 * width starts a new line. Only {@link #printSpace} can wrap, so only attributes do.
 */
final class LinePrinter {
    private static final String LINE_END = "\r\n";
    private static final int INDENT = 4;
    private static final int WIDTH = 72;

    private final Writer out;
    private StringBuilder line = new StringBuilder();
    private StringBuilder word = new StringBuilder();
    private int spaces;
    private int thisIndent;
    private int nextIndent;

    LinePrinter(Writer out) {
        this.out = out;
    }

    void print(String text) {
        word.append(text);
    }

    void print(char c) {
        word.append(c);
    }

    void printSpace() throws IOException {
        if (word.length() > 0) {
            if (thisIndent + line.length() + spaces + word.length() > WIDTH) {
                flushLine();
                out.write(LINE_END);
            }
            appendWord();
        }
        spaces++;
    }

    void breakLine() throws IOException {
        if (word.length() > 0) {
            appendWord();
        }
        flushLine();
        out.write(LINE_END);
    }

    private void appendWord() {
        for (; spaces > 0; spaces--) {
            line.append(' ');
        }
        line.append(word);
        word = new StringBuilder();
    }

    private void flushLine() throws IOException {
        if (line.length() == 0) {
            return;
        }
        int indent = 2 * thisIndent > WIDTH ? WIDTH / 2 : thisIndent;
        for (int i = 0; i < indent; i++) {
            out.write(' ');
        }
        thisIndent = nextIndent;
        spaces = 0;
        out.write(line.toString());
        line = new StringBuilder();
    }

    void flush() throws IOException {
        if (line.length() > 0 || word.length() > 0) {
            breakLine();
        }
        out.flush();
    }

    void indent() {
        nextIndent += INDENT;
    }

    void unindent() {
        nextIndent = Math.max(0, nextIndent - INDENT);
        if (line.length() + spaces + word.length() == 0) {
            thisIndent = nextIndent;
        }
    }

    int nextIndent() {
        return nextIndent;
    }

    void setNextIndent(int indent) {
        nextIndent = indent;
    }
}
