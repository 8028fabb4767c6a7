import { Greeting } from '../components/Greeting';
import site from '../site.json';

export default function Home() {
  return (
    <>
      <h1>{site.title}</h1>
      <p>{site.description}</p>
      <Greeting />
    </>
  );
}
