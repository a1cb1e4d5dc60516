// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import k12.lab.mapping.Mappings;
import k12.lab.mapping.MappingsReader;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** An agent.cfg as a tree, with its mappings. Reading already changes the tree as a real agent does. */
public final class AgentConfig {
    private final File file;
    private final Document document;
    private final Mappings mappings;

    private AgentConfig(File file, Document document, Mappings mappings) {
        this.file = file;
        this.document = document;
        this.mappings = mappings;
    }

    /**
     * Parses without validation, resolving DTDs and external entities.
     *
     * @throws AdkException when the XML does not parse or a mapping is not legal
     * @throws RuntimeException the unchecked exceptions that a real agent throws for some bad mappings
     */
    public static AgentConfig read(String path) throws AdkException, IOException {
        File file = new File(path.replace('\\', '/'));
        if (file.isDirectory()) {
            throw new IllegalArgumentException("The configuration file \"" + path + "\" is a directory");
        }
        if (!file.exists()) {
            throw new FileNotFoundException(file.getPath());
        }
        Document document;
        try {
            document = newParser().parse(file.toURI().toString());
        } catch (Exception failure) {
            throw new AdkException(AdkException.Kind.CONFIG, failure.toString(), failure);
        }
        return new AgentConfig(file, document, MappingsReader.read(document));
    }

    /** The JDK's own limits on what entities expand to stay in force; asking for them would also forbid what is external. */
    private static DocumentBuilder newParser() throws ParserConfigurationException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        factory.setNamespaceAware(true);
        factory.setExpandEntityReferences(false);
        DocumentBuilder builder = factory.newDocumentBuilder();
        builder.setErrorHandler(new FatalOnly());
        return builder;
    }

    public Document document() {
        return document;
    }

    public Mappings mappings() {
        return mappings;
    }

    /** The document element when it is called exactly "agent", else null: such a file is an empty configuration. */
    public Element root() {
        Element element = document.getDocumentElement();
        return element.getNodeName().equals("agent") ? element : null;
    }

    public String sourceId() {
        return root() == null ? null : Dom.attribute(root(), "id");
    }

    /** The version the agent asks for; see {@link SifVersion#parse} for what a bad one throws. */
    public SifVersion version() {
        String version = root() == null ? null : Dom.attribute(root(), "sifVersion");
        return version == null ? SifVersion.LATEST : SifVersion.parse(version);
    }

    /** The first template with this id, or null. */
    public Element template(String id) {
        return Dom.childWith(root(), "template", "id", id);
    }

    /** The first zone element with this id, or null. */
    public Element zone(String id) {
        return Dom.childWith(root(), "zone", "id", id);
    }

    /** Writes the tree over the file in place: truncated first, not atomic, as a real agent does it. */
    public void save() throws IOException {
        try (OutputStream out = new FileOutputStream(file)) {
            new XmlSaver(out).save(document);
        }
    }
}
