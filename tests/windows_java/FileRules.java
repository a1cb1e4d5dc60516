// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
import java.io.Closeable;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What this system allows with files.
 *
 * hold WAY PATH [WAY PATH]...: opens the files, says "held" and keeps them open until standard input ends. A WAY is "java",
 * as Java itself opens a key store, or what others may not do meanwhile: "-", "write+delete", "read+write+delete".
 *
 * try WHAT PATH [WHAT PATH]...: one line each, "done" or why not. WHAT is read, overwrite, replace (by another file that gets
 * its name), delete, create, exists (done or "no") or absolute (the path itself, as this process sees it).
 */
public class FileRules {
    public static void main(String[] arguments) throws IOException {
        List<String> rest = Arrays.asList(arguments).subList(1, arguments.length);
        if (arguments[0].equals("hold")) {
            List<Closeable> held = new ArrayList<>();
            for (int i = 0; i < rest.size(); i += 2) {
                held.add(open(rest.get(i), rest.get(i + 1)));
            }
            System.out.println("held");
            System.in.read();
            for (Closeable one : held) {
                one.close();
            }
        } else {
            for (int i = 0; i < rest.size(); i += 2) {
                System.out.println(result(rest.get(i), rest.get(i + 1)));
            }
        }
    }

    private static Closeable open(String way, String path) throws IOException {
        if (way.equals("java")) {
            return new RandomAccessFile(path, "r");
        }
        Set<OpenOption> options = new HashSet<>();
        options.add(StandardOpenOption.READ);
        for (String denied : way.split("[+-]")) {
            if (!denied.isEmpty()) {
                options.add(com.sun.nio.file.ExtendedOpenOption.valueOf("NOSHARE_" + denied.toUpperCase()));
            }
        }
        return FileChannel.open(Paths.get(path), options);
    }

    private static String result(String what, String path) {
        try {
            switch (what) {
                case "absolute":
                    return new File(path).getAbsolutePath();
                case "exists":
                    return new File(path).exists() ? "done" : "no";
                case "read":
                    Files.readAllBytes(Paths.get(path));
                    break;
                case "overwrite":
                case "create":
                    try (FileOutputStream file = new FileOutputStream(path)) {
                        file.write('2');
                    }
                    break;
                case "replace":
                    Path other = Paths.get(path + ".new");
                    Files.write(other, new byte[] {'3'});
                    Files.move(other, Paths.get(path), StandardCopyOption.REPLACE_EXISTING);
                    break;
                case "delete":
                    Files.delete(Paths.get(path));
                    break;
                default:
                    throw new IllegalArgumentException(what);
            }
            return "done";
        } catch (IOException refused) {
            return refused.getMessage();
        }
    }
}
