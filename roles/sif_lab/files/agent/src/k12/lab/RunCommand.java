package k12.lab;
import java.util.List;
final class RunCommand { static int run(List<String> a) { return 0; } }
