// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** Writes lines to logs/agent.log below the working directory and to standard output. */
public final class AgentLog {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS");

    private final PrintStream file;

    public AgentLog() throws IOException {
        File directory = new File("logs");
        if (!directory.isDirectory() && !directory.mkdirs()) {
            throw new IOException("cannot make the directory " + directory.getAbsolutePath());
        }
        FileOutputStream out = new FileOutputStream(new File(directory, "agent.log"), true);
        file = new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    public void info(String where, String text) {
        write("INFO ", where, text);
    }

    public void error(String where, String text) {
        write("ERROR", where, text);
    }

    /** With the stack trace, as Java agents log what they did not expect. */
    public void error(String where, String text, Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        write("ERROR", where, text + System.lineSeparator() + trace);
    }

    private synchronized void write(String level, String where, String text) {
        String time = LocalDateTime.now().format(TIME);
        String line = time + " " + level + " [ADK.Agent" + where + "] " + text.stripTrailing();
        file.println(line);
        System.out.println(line);
    }
}
